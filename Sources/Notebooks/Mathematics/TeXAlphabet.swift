/// An alphabet of mathematics. Its letters are characters of their own, because browsers know no other `mathvariant` than `normal`.
enum TeXAlphabet {
    case bold, boldItalic, script, fraktur, doubleStruck, sans, monospace
    /// Upright letters, which need no characters of their own.
    case upright

    /// The alphabet of a command such as `\mathbf`.
    init?(command: String) {
        switch command {
        case "mathbf", "bf", "textbf", "mathbfup": self = .bold
        case "boldsymbol", "bm", "mathbfit", "pmb": self = .boldItalic
        case "mathcal", "cal", "mathscr", "EuScript": self = .script
        case "mathfrak", "frak": self = .fraktur
        case "mathbb", "Bbb", "mathbbm", "mathds": self = .doubleStruck
        case "mathsf", "sf", "textsf": self = .sans
        case "mathtt", "tt", "texttt": self = .monospace
        case "mathrm", "rm", "textrm", "mathup", "mathnormalup": self = .upright
        default: return nil
        }
    }

    /// The first capital, small letter and digit; capital and small Greek letter. Zero where the alphabet has none.
    private var starts: (capital: UInt32, small: UInt32, digit: UInt32, capitalGreek: UInt32, smallGreek: UInt32) {
        switch self {
        case .bold: (0x1D400, 0x1D41A, 0x1D7CE, 0x1D6A8, 0x1D6C2)
        case .boldItalic: (0x1D468, 0x1D482, 0x1D7CE, 0x1D71C, 0x1D736)
        case .script: (0x1D49C, 0x1D4B6, 0, 0, 0)
        case .fraktur: (0x1D504, 0x1D51E, 0, 0, 0)
        case .doubleStruck: (0x1D538, 0x1D552, 0x1D7D8, 0, 0)
        case .sans: (0x1D5A0, 0x1D5BA, 0x1D7E2, 0, 0)
        case .monospace: (0x1D670, 0x1D68A, 0x1D7F6, 0, 0)
        case .upright: (0, 0, 0, 0, 0)
        }
    }

    /// Letters that had a character before the alphabets came, where the alphabets have a hole.
    private static let holes: [TeXAlphabet: [Unicode.Scalar: Unicode.Scalar]] = [
        .script: ["B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ", "g": "ℊ", "o": "ℴ"],
        .fraktur: ["C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"],
        .doubleStruck: ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"],
    ]

    /// The character of a letter or digit in this alphabet; nil if it has none, and the letter stays.
    func character(_ letter: Unicode.Scalar) -> Unicode.Scalar? {
        if let hole = Self.holes[self]?[letter] { return hole }
        let starts = starts
        func character(_ start: UInt32, _ offset: UInt32) -> Unicode.Scalar? { start == 0 ? nil : Unicode.Scalar(start + offset) }
        switch letter {
        case "A"..."Z": return character(starts.capital, letter.value - 0x41)
        case "a"..."z": return character(starts.small, letter.value - 0x61)
        case "0"..."9": return character(starts.digit, letter.value - 0x30)
        case "\u{391}"..."\u{3A1}", "\u{3A3}"..."\u{3A9}": return character(starts.capitalGreek, letter.value - 0x391)
        case "\u{3B1}"..."\u{3C9}": return character(starts.smallGreek, letter.value - 0x3B1)
        case "∇": return character(starts.capitalGreek, 25)
        default:
            let variants: [Unicode.Scalar] = ["∂", "ϵ", "ϑ", "ϰ", "ϕ", "ϱ", "ϖ"]
            return variants.firstIndex(of: letter).flatMap { character(starts.smallGreek, 25 + UInt32($0)) }
        }
    }

    /// A text in this alphabet, letter by letter.
    func text(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.map { character($0) ?? $0 })) }
}
