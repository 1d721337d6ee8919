/// An entity tag (RFC 9110, section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// The text between the quotes.
    public let opaque: String
    /// Whether the tag is weak.
    public let isWeak: Bool

    /// Creates a tag; characters that are not allowed in a tag are replaced by underscores.
    public init(_ opaque: String, weak: Bool = false) {
        let isValid = opaque.utf8.allSatisfy(Self.isTagByte)
        self.opaque = isValid ? opaque : String(decoding: opaque.utf8.map { Self.isTagByte($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        isWeak = weak
    }

    /// Parses `"abc"` or `W/"abc"`; nil for any other text.
    public init?(parsing text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        let weak = rest.starts(with: "W/".utf8)
        if weak { rest = rest.dropFirst(2) }
        guard rest.count >= 2, rest.first == Self.quote, rest.last == Self.quote else { return nil }
        let inner = rest.dropFirst().dropLast()
        guard inner.allSatisfy(Self.isTagByte) else { return nil }
        opaque = String(decoding: inner, as: UTF8.self)
        isWeak = weak
    }

    /// The tag as it is sent.
    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Strong comparison: both tags are strong and equal.
    public func isStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Weak comparison: the tags are equal, weak or not.
    public func isWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    private static let quote = UInt8(ascii: "\"")

    private static func isTagByte(_ byte: UInt8) -> Bool {
        byte == 0x21 || (byte >= 0x23 && byte != 0x7F)
    }
}
