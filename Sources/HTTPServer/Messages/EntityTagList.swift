/// The value of `If-Match` or `If-None-Match`: any tag, or a list of tags (RFC 9110, section 13.1).
enum EntityTagList: Equatable {
    case any
    case tags([EntityTag])

    /// Nil if the text is not a list of tags.
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

    /// Tags may contain commas, so the list is not split at commas.
    private static func tagEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        if bytes[index] == UInt8(ascii: "W") { index += 2 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
        return index < bytes.count ? index + 1 : nil
    }
}
