/// The headings of a document with their ids.
struct MarkdownOutline {
    /// The headings in order.
    let headings: [Heading]

    init(_ document: MarkdownDocument, _ values: [Int: (number: Int, value: RenderedValue)], cell: CellID) {
        var headings: [Heading] = []
        var ids = UniqueWords()
        var level = 0
        // The text of a heading, and what of it makes its id: a value may change, and its heading's id must not.
        var text = "", words = ""
        for item in document.items {
            switch item {
            case .begin(.heading(let new)): (level, text, words) = (new, "", "")
            case .end(.heading):
                headings.append(Heading(level: level, text: text.trimmed, id: "\(cell)-\(ids.unique(Self.word(words)))"))
                level = 0
            case _ where level == 0: continue
            case .text(let word), .code(let word), .html(let word, _): (text, words) = (text + word, words + word)
            case .picture(_, _, let description): (text, words) = (text + description, words + description)
            case .softBreak, .lineBreak: (text, words) = (text + " ", words + " ")
            case .formula(let source, _): text += source
            case .expression(let index): text += values[index]?.value.text ?? ""
            default: continue
            }
        }
        self.headings = headings
    }

    /// The longest word of an id, in bytes.
    private static let longestWord = 80

    /// As GitHub makes it: letters and digits in lower case, `-` for spaces, `_` and `-` kept, all else dropped.
    static func word(_ text: String) -> String {
        var word = ""
        for scalar in text.trimmed.lowercased().unicodeScalars {
            guard word.utf8.count < longestWord else { break }
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-" || scalar == "_" { word.unicodeScalars.append(scalar) }
            if scalar == " " || scalar == "\t" || scalar == "\n" { word += "-" }
        }
        return word.isEmpty ? "section" : word
    }
}

/// Makes words unique by a number after them.
struct UniqueWords {
    private var taken: Set<String> = []
    /// The number last tried for a word.
    private var numbers: [String: Int] = [:]

    mutating func unique(_ word: String) -> String {
        var candidate = word
        while !taken.insert(candidate).inserted {
            let number = numbers[word, default: 0] + 1
            numbers[word] = number
            candidate = "\(word)-\(number)"
        }
        return candidate
    }
}
