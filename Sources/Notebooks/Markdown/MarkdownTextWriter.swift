/// Writes a document as text without marks: blocks on lines of their own, cells of tables divided by tabs, formulas as TeX.
struct MarkdownTextWriter {
    private let document: MarkdownDocument
    private let values: [Int: (number: Int, value: RenderedValue)]
    private let limit: Int

    init(_ document: MarkdownDocument, _ values: [Int: (number: Int, value: RenderedValue)], limit: Int) {
        self.document = document
        self.values = values
        self.limit = limit
    }

    /// The text.
    func text() throws(MarkdownError) -> String {
        var text = ""
        // The number of the next item in each open list; nil in a list of bullets.
        var lists: [Int?] = []
        for item in document.items {
            switch item {
            case .text(let words), .code(let words): text += words
            case .html(let words, let isBlock): text += isBlock ? words + "\n" : words
            case .codeBlock(_, let code): text += code + "\n"
            case .lineBreak, .softBreak: text += "\n"
            case .rule: text += "\n"
            case .picture(_, _, let description): text += description
            case .expression(let index): text += values[index]?.value.text ?? ""
            case .formula(let source, _): text += source
            case .begin(.bulletList): begin(list: nil, &lists, &text)
            case .begin(.orderedList(let start)): begin(list: start, &lists, &text)
            case .begin(.item(let task)): text += mark(&lists) + (task.map { $0.isDone ? "[x] " : "[ ] " } ?? "")
            case .end(let element): end(element, &lists, &text)
            case .begin: continue
            }
            guard text.utf8.count <= limit else { throw .tooLarge(limit: limit) }
        }
        return text.trimmed
    }

    private func begin(list start: Int?, _ lists: inout [Int?], _ text: inout String) {
        if !lists.isEmpty, text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
        lists.append(start)
    }

    private func mark(_ lists: inout [Int?]) -> String {
        let indent = String(repeating: "  ", count: max(lists.count - 1, 0))
        guard let last = lists.last, let number = last else { return indent + "- " }
        lists[lists.count - 1] = number + 1
        return "\(indent)\(number). "
    }

    private func end(_ element: MarkdownElement, _ lists: inout [Int?], _ text: inout String) {
        switch element {
        case .paragraph: text += lists.isEmpty ? "\n\n" : "\n"
        case .heading, .table: text += "\n\n"
        case .bulletList, .orderedList:
            lists.removeLast()
            if lists.isEmpty { text += "\n" }
        case .item, .tableRow: if text.utf8.last != UInt8(ascii: "\n") { text += "\n" }
        case .tableCell: text += "\t"
        default: return
        }
    }
}
