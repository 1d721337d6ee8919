/// A parsed text: its elements and words, flat and in order, so that no depth of nesting costs any depth of calls.
struct MarkdownDocument {
    let items: [MarkdownItem]
    /// What the items of expressions refer to.
    let lifted: LiftedMarkdown

    /// Parses a text.
    init(_ source: String, options: MarkdownOptions) throws(MarkdownError) {
        let parser = MarkdownParser(longestAttribute: max(options.longestPicture, options.longestAddress), mostAttributeBytes: options.longestOutput)
        lifted = try LiftedMarkdown(source, options: options, parser: parser)
        let builder = MarkdownBuilder(lifted, options: options)
        switch parser.parse(lifted.bytes, into: builder) {
        case .complete: items = builder.items
        case .stopped: throw .tooLarge(limit: options.longestOutput)
        case .failed: throw .parser
        }
    }
}

/// An element's begin or end, or something within it.
enum MarkdownItem: Hashable {
    case begin(MarkdownElement)
    case end(MarkdownElement)
    case text(String)
    case lineBreak, softBreak, rule
    /// Inline code.
    case code(String)
    /// A code block: the first word of its info string, and its lines.
    case codeBlock(language: String, String)
    /// HTML, which is shown as it is written.
    case html(String, isBlock: Bool)
    /// A picture that may be shown.
    case picture(address: String, title: String, description: String)
    /// A bound expression, by its index among the lifted pieces.
    case expression(Int)
    case formula(String, isDisplay: Bool)
}

/// What begins and ends.
enum MarkdownElement: Hashable {
    case paragraph, quote, table, tableHead, tableBody, tableRow, emphasis, strong, strikethrough, bulletList
    case orderedList(start: Int)
    case item(RenderedTask?)
    case heading(level: Int)
    case tableCell(isHead: Bool, alignment: MarkdownAlignment)
    case link(address: String, title: String)
    /// A link whose address is not allowed: its words without the link.
    case refusedLink
}
