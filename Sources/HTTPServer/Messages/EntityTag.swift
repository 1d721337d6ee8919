/// An entity tag (RFC 9110, section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// The text between the quotes.
    public let opaque: String
    public let isWeak: Bool

    /// Characters that a tag may not hold are replaced by underscores.
    public init(_ opaque: String, weak: Bool = false) {
        let isValid = opaque.utf8.allSatisfy(Self.isTagByte)
        self.opaque = isValid ? opaque : String(decoding: opaque.utf8.map { Self.isTagByte($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        isWeak = weak
    }

    /// Reads `"abc"` or `W/"abc"`; nil when the text is anything else.
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

    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Equal by the strong comparison: both are strong and the same.
    public func isStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Equal by the weak comparison: the same, weak or not.
    public func isWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

    private static let quote = UInt8(ascii: "\"")

    private static func isTagByte(_ byte: UInt8) -> Bool {
        byte == 0x21 || (byte >= 0x23 && byte != 0x7F)
    }
}

/// The value of `If-Match` or `If-None-Match`: any tag, or some tags (RFC 9110, section 13.1).
enum EntityTagList: Equatable {
    case any
    case tags([EntityTag])

    /// Nil when the text is not a list of tags.
    init?(parsing text: String) {
        if text == "*" {
            self = .any
            return
        }
        let bytes = Array(text.utf8)
        var tags: [EntityTag] = []
        var index = 0
        while index < bytes.count {
            if bytes[index].isBlank || bytes[index] == UInt8(ascii: ",") {
                index += 1
                continue
            }
            guard let end = Self.tagEnd(bytes, from: index),
                let tag = EntityTag(parsing: String(decoding: bytes[index..<end], as: UTF8.self))
            else { return nil }
            tags.append(tag)
            index = end
        }
        guard !tags.isEmpty else { return nil }
        self = .tags(tags)
    }

    /// Tags may hold commas, so a list is not split at them.
    private static func tagEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        if bytes[index] == UInt8(ascii: "W") { index += 2 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
        return index < bytes.count ? index + 1 : nil
    }
}
