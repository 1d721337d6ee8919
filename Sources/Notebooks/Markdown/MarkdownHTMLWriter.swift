import Canonical

/// Writes a document as HTML.
struct MarkdownHTMLWriter {
    /// What has been written.
    private(set) var rendered = RenderedText()
    private let document: MarkdownDocument
    private let values: [Int: (number: Int, value: RenderedValue)]
    private let headings: [Heading]
    /// The ids as they stand in addresses.
    private let headingIDs: Set<String>
    private let cell: CellID
    private var output: HTMLText
    private var headingIndex = 0
    private var isInLink = false
    /// The item after the present one.
    private var following: MarkdownItem?
    /// How many characters of the next text are written already, with the formula before it.
    private var written = 0
    /// A formula that occurs again is not set again.
    private var formulas: [FormulaKey: Result<String, FormulaError>] = [:]

    private struct FormulaKey: Hashable {
        let source: String
        let isDisplay: Bool
    }

    init(_ document: MarkdownDocument, _ values: [Int: (number: Int, value: RenderedValue)], headings: [Heading], cell: CellID, options: MarkdownOptions) {
        self.document = document
        self.values = values
        self.headings = headings
        self.cell = cell
        headingIDs = Set(headings.map { AddressPolicy.percentEncoded($0.id) })
        output = HTMLText(limit: options.longestOutput)
    }

    /// Writes all of it.
    mutating func write() throws(MarkdownError) {
        for (index, item) in document.items.enumerated() {
            following = index + 1 < document.items.count ? document.items[index + 1] : nil
            try write(item)
        }
        rendered.html = output.html
        rendered.headings = headings
    }

    private mutating func write(_ item: MarkdownItem) throws(MarkdownError) {
        switch item {
        case .begin(let element): try begin(element)
        case .end(let element): try end(element)
        case .text(let text):
            try output.writeText(written == 0 ? text : String(text.dropFirst(written)))
            written = 0
        case .lineBreak: try output.write("<br>\n")
        case .softBreak: try output.write("\n")
        case .rule: try output.write("<hr>\n")
        case .code(let code): try output.write("<code>\(code.escapedAsHTML)</code>")
        case .codeBlock(let language, let code): try codeBlock(language, code)
        case .html(let html, isBlock: false): try output.write("<code class=\"html-source\">\(html.escapedAsHTML)</code>")
        case .html(let html, isBlock: true): try output.write("<pre class=\"html-source\"><code>\(html.escapedAsHTML)</code></pre>\n")
        case .picture(let address, let title, let description): try picture(address, title, description)
        case .expression(let index): try expression(index)
        case .formula(let source, let isDisplay): try formula(source, isDisplay)
        }
    }

    // MARK: Elements

    private mutating func begin(_ element: MarkdownElement) throws(MarkdownError) {
        switch element {
        case .paragraph: try output.write("<p>")
        case .quote: try output.write("<blockquote>\n")
        case .emphasis: try output.write("<em>")
        case .strong: try output.write("<strong>")
        case .strikethrough: try output.write("<del>")
        case .bulletList: try output.write("<ul>\n")
        case .orderedList(let start): try output.write(start == 1 ? "<ol>\n" : "<ol start=\"\(start)\">\n")
        case .item(let task): try item(task)
        case .heading(let level):
            try output.write("<h\(level)")
            if headingIndex < headings.count { try output.writeAttribute("id", headings[headingIndex].id) }
            headingIndex += 1
            try output.write(">")
        // A wide table scrolls by itself.
        case .table: try output.write("<div class=\"table-scroll\"><table>\n")
        case .tableHead: try output.write("<thead>\n")
        case .tableBody: try output.write("<tbody>\n")
        case .tableRow: try output.write("<tr>")
        case .tableCell(let isHead, let alignment):
            let kind: String =
                switch alignment {
                case .none: ""
                case .left: " class=\"align-left\""
                case .center: " class=\"align-center\""
                case .right: " class=\"align-right\""
                }
            try output.write(isHead ? "<th scope=\"col\"\(kind)>" : "<td\(kind)>")
        case .link(let address, let title): try link(address, title)
        case .refusedLink: try output.write("<span class=\"link-refused\" title=\"This address is not allowed: links lead to http, https, mailto, # and paths of this server\">")
        }
    }

    private mutating func end(_ element: MarkdownElement) throws(MarkdownError) {
        let end =
            switch element {
            case .paragraph: "</p>\n"
            case .quote: "</blockquote>\n"
            case .emphasis: "</em>"
            case .strong: "</strong>"
            case .strikethrough: "</del>"
            case .bulletList: "</ul>\n"
            case .orderedList: "</ol>\n"
            case .item: "</li>\n"
            case .heading(let level): "</h\(level)>\n"
            case .table: "</table></div>\n"
            case .tableHead: "</thead>\n"
            case .tableBody: "</tbody>\n"
            case .tableRow: "</tr>\n"
            case .tableCell(let isHead, _): isHead ? "</th>" : "</td>"
            case .link: "</a>"
            case .refusedLink: "</span>"
            }
        if case .link = element { isInLink = false }
        try output.write(end)
    }

    private mutating func item(_ task: RenderedTask?) throws(MarkdownError) {
        guard let task else { return try output.write("<li>") }
        let number = rendered.tasks.count
        rendered.tasks.append(task)
        try output.write("<li class=\"task\"><input type=\"checkbox\" disabled data-task=\"\(number)\"\(task.isDone ? " checked" : "")> ")
    }

    private mutating func codeBlock(_ language: String, _ code: String) throws(MarkdownError) {
        let isWord = (1...32).contains(language.utf8.count) && language.utf8.allSatisfy { $0.isLetterOrDigit || "+-#._".utf8.contains($0) }
        try output.write(isWord ? "<pre><code class=\"language-\(language)\">" : "<pre><code>")
        try output.writeText(code)
        try output.write("</code></pre>\n")
    }

    // MARK: Links and pictures

    private mutating func link(_ address: String, _ title: String) throws(MarkdownError) {
        isInLink = true
        rendered.links.append(address)
        try output.write("<a")
        try output.writeAttribute("href", target(of: address))
        if !title.isEmpty { try output.writeAttribute("title", title) }
        try output.write(AddressPolicy.leaves(address) ? " rel=\"noreferrer noopener\">" : ">")
    }

    /// A fragment that names a heading of this cell as GitHub would, without the cell's id, leads to it.
    private func target(of address: String) -> String {
        guard address.hasPrefix("#") else { return address }
        let id = "\(cell)-\(address.dropFirst())"
        return headingIDs.contains(id) ? "#" + id : address
    }

    private mutating func picture(_ address: String, _ title: String, _ description: String) throws(MarkdownError) {
        try output.write("<img")
        try output.writeAttribute("src", address)
        try output.writeAttribute("alt", description)
        if !title.isEmpty { try output.writeAttribute("title", title) }
        try output.write(" loading=\"lazy\" decoding=\"async\">")
    }

    // MARK: Expressions and formulas

    private mutating func expression(_ index: Int) throws(MarkdownError) {
        guard let (number, value) = values[index] else { return }
        let link = isInLink ? nil : value.link.flatMap(AddressPolicy.link)
        try output.write(link == nil ? "<span" : "<a")
        try output.write(value.isError ? " class=\"bound bound-error\"" : " class=\"bound\"")
        if let link {
            try output.writeAttribute("href", link)
            if AddressPolicy.leaves(link) { try output.write(" rel=\"noreferrer noopener\"") }
        }
        if let title = value.title { try output.writeAttribute("title", title) }
        try output.write(" data-expression=\"\(number)\">")
        try output.writeText(value.text)
        try output.write(link == nil ? "</span>" : "</a>")
    }

    /// A formula with the punctuation after it, which must not begin the next line.
    private mutating func unbroken(_ formula: String) -> String {
        guard case .text(let text) = following else { return formula }
        let marks = text.prefix(3).prefix { ",.;:!?)".contains($0) }
        written = marks.count
        return marks.isEmpty ? formula : "<span class=\"unbroken\">\(formula)\(String(marks).escapedAsHTML)</span>"
    }

    private mutating func formula(_ source: String, _ isDisplay: Bool) throws(MarkdownError) {
        let key = FormulaKey(source: source, isDisplay: isDisplay)
        let drawn = formulas[key] ?? Formula(source, isDisplay: isDisplay).drawn
        formulas[key] = drawn
        let display = isDisplay ? " display" : ""
        switch drawn {
        case .success(let mathML):
            rendered.formulas.append(RenderedFormula(source: source, isDisplay: isDisplay, problem: nil))
            try output.write(isDisplay ? "<span class=\"formula display\">\(mathML)</span>" : unbroken("<span class=\"formula\">\(mathML)</span>"))
        case .failure(let problem):
            rendered.formulas.append(RenderedFormula(source: source, isDisplay: isDisplay, problem: problem.description))
            try output.write("<code class=\"formula-source\(display)\"")
            try output.writeAttribute("title", problem.description)
            try output.write(">")
            try output.writeText(source)
            try output.write("</code>")
        }
    }
}
