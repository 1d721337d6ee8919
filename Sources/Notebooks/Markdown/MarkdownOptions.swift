/// Limits of rendering one text cell.
package struct MarkdownOptions: Sendable, Hashable {
    /// The longest source, in bytes of UTF-8.
    package var longestSource = 262_144
    /// The longest output (HTML, and plain text), in bytes of UTF-8. Parsing stops as soon as it is certain to be exceeded.
    package var longestOutput = 2_097_152
    /// The deepest nesting of elements. What is nested deeper keeps its words and loses its marks.
    package var deepest = 64
    /// The longest `data:` address of a picture, in bytes.
    package var longestPicture = 131_072
    /// The longest other address, in bytes.
    package var longestAddress = 4_096

    /// The limits of a notebook's cell.
    package init() {}
}

/// Why a text is not rendered.
package enum MarkdownError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The source has more bytes than are allowed.
    case tooLong(bytes: Int, limit: Int)
    /// The rendered text would have more bytes than are allowed.
    case tooLarge(limit: Int)
    /// The parser gave up, which it does when memory is short.
    case parser

    package var description: String {
        switch self {
        case .tooLong(let bytes, let limit): "The text has \(bytes) bytes; a text cell has at most \(limit). Divide it into several cells."
        case .tooLarge(let limit): "The rendered text would have more than \(limit) bytes. Make its tables smaller, or divide it into several cells."
        case .parser: "The text could not be parsed, because memory is short."
        }
    }
}
