/// A word of TeX.
enum TeXToken: Hashable {
    /// `\name` of letters, or `\` and one other character.
    case command(String)
    case character(Unicode.Scalar)
    case openBrace, closeBrace
    case superscript, `subscript`, ampersand
    /// The end of the formula.
    case end
}

/// Divides a formula into words. White space and comments are passed over, as TeX does within a formula.
struct TeXLexer {
    private let scalars: [Unicode.Scalar]
    private(set) var place = 0

    init(_ source: String) throws(FormulaError) {
        scalars = Array(source.unicodeScalars)
        guard scalars.count <= Formula.longest else { throw .tooLong(characters: scalars.count) }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{A0}" }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && scalar.properties.isAlphabetic }

    private mutating func skipSpace() {
        while place < scalars.count {
            if Self.isSpace(scalars[place]) {
                place += 1
            } else if scalars[place] == "%" {
                while place < scalars.count, scalars[place] != "\n" { place += 1 }
            } else {
                return
            }
        }
    }

    /// The next word, which is taken.
    mutating func next() -> TeXToken {
        skipSpace()
        guard place < scalars.count else { return .end }
        let scalar = scalars[place]
        place += 1
        switch scalar {
        case "\\": return command()
        case "{": return .openBrace
        case "}": return .closeBrace
        case "^": return .superscript
        case "_": return .subscript
        case "&": return .ampersand
        default: return .character(scalar)
        }
    }

    /// The next word, which is left.
    func peek() -> TeXToken {
        var copy = self
        return copy.next()
    }

    private mutating func command() -> TeXToken {
        guard place < scalars.count else { return .command("") }
        let start = place
        place += 1
        guard Self.isLetter(scalars[start]) else { return .command(String(Character(scalars[start]))) }
        while place < scalars.count, Self.isLetter(scalars[place]) { place += 1 }
        // `\operatorname*` and its kin.
        if place < scalars.count, scalars[place] == "*" {
            let name = String(String.UnicodeScalarView(scalars[start..<place]))
            if TeXSymbols.starred.contains(name) {
                place += 1
                return .command(name + "*")
            }
        }
        return .command(String(String.UnicodeScalarView(scalars[start..<place])))
    }

    /// The text between braces as it stands, for `\text{…}` and names of environments; nil if no brace opens here.
    mutating func rawGroup() throws(FormulaError) -> String? {
        skipSpace()
        guard place < scalars.count, scalars[place] == "{" else { return nil }
        let start = place + 1
        var depth = 0
        while place < scalars.count {
            switch scalars[place] {
            case "\\": place += 1
            case "{": depth += 1
            case "}": depth -= 1
            default: break
            }
            place += 1
            if depth == 0 { return String(String.UnicodeScalarView(scalars[start..<place - 1])) }
        }
        throw .misplaced("a brace is not closed")
    }

    /// An argument in square brackets as it stands; nil if there is none.
    mutating func rawOption(afterSpace: Bool = true) throws(FormulaError) -> String? {
        if afterSpace { skipSpace() }
        guard place < scalars.count, scalars[place] == "[" else { return nil }
        var end = place + 1
        var depth = 0
        while end < scalars.count, depth > 0 || scalars[end] != "]" {
            if scalars[end] == "{" { depth += 1 }
            if scalars[end] == "}" { depth -= 1 }
            end += 1
        }
        guard end < scalars.count else { throw .misplaced("a square bracket is not closed") }
        defer { place = end + 1 }
        return String(String.UnicodeScalarView(scalars[(place + 1)..<end]))
    }
}
