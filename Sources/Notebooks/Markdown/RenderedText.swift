/// A bound expression as it stands in a text: `{{ source }}`.
package struct BoundExpression: Sendable, Hashable {
    /// What stands between the braces, without white space around it.
    package let source: String
    /// Where it stands in the cell's source, braces included, in bytes of UTF-8.
    package let range: Range<Int>

    /// Makes an expression.
    package init(source: String, range: Range<Int>) {
        self.source = source
        self.range = range
    }
}

/// What is shown in the place of a bound expression.
package struct RenderedValue: Sendable, Hashable {
    /// The value, or the error, as text.
    package var text: String
    /// What hovering tells: protocol, n, runs.
    package var title: String?
    /// Where clicking leads. An address that links may not have is dropped.
    package var link: String?
    /// Whether the text is an error.
    package var isError: Bool

    /// Makes a value.
    package init(_ text: String, title: String? = nil, link: String? = nil, isError: Bool = false) {
        self.text = text
        self.title = title
        self.link = link
        self.isError = isError
    }
}

extension BoundExpression {
    /// The expression itself, shown where nothing evaluates it.
    package var asWritten: RenderedValue { RenderedValue("{{ \(source) }}") }
}

/// A text cell, rendered.
package struct RenderedText: Sendable, Hashable {
    /// Safe as it stands: every element, attribute and address is written by us.
    package var html = ""
    /// The same without marks: for search, outlines, and programs that show plain text.
    package var text = ""
    /// The headings, in order.
    package var headings: [Heading] = []
    /// The bound expressions that are shown, in order.
    package var expressions: [RenderedExpression] = []
    /// The formulas, in order.
    package var formulas: [RenderedFormula] = []
    /// The items of task lists, in order.
    package var tasks: [RenderedTask] = []
    /// The addresses that links lead to, in order.
    package var links: [String] = []
}

/// A heading of a text.
package struct Heading: Sendable, Hashable {
    /// 1 to 6.
    package let level: Int
    /// Its text without marks.
    package let text: String
    /// The id of its element: the cell's id, `-`, and a word made from the text; unique within the cell.
    package let id: String
}

/// A bound expression and what stands in its place.
package struct RenderedExpression: Sendable, Hashable {
    package let expression: BoundExpression
    package let value: RenderedValue
}

/// A formula of a text.
package struct RenderedFormula: Sendable, Hashable {
    /// The TeX between the dollar signs.
    package let source: String
    /// Whether it stands on a line of its own.
    package let isDisplay: Bool
    /// What is beyond the supported subset of TeX, so that the source is shown; nil for a formula that is drawn.
    package let problem: String?
}

/// An item of a task list.
package struct RenderedTask: Sendable, Hashable {
    /// The place of the mark (the byte between the brackets) in the cell's source, in bytes of UTF-8.
    package let offset: Int
    /// Whether the mark is an x.
    package let isDone: Bool
}
