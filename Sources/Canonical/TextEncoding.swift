/// Detection of encodings other than plain UTF-8.
public enum TextEncoding {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text without a UTF-8 byte order mark.
    public static func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    }

    /// The encoding suggested by a byte order mark or by zero bytes next to the first character; nil if the bytes may be UTF-8.
    public static func foreign(_ bytes: [UInt8]) -> String? {
        let start = Array(bytes.prefix(4))
        if start.starts(with: [0xFF, 0xFE, 0, 0]) || start.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        guard start.count >= 2, start.contains(0), start.contains(where: { $0 != 0 }) else { return nil }
        if start.count == 4, start.count(where: { $0 == 0 }) == 3, start[0] == 0 && start[3] != 0 || start[0] != 0 && start[3] == 0 { return "UTF-32" }
        return (start[0] == 0) != (start[1] == 0) ? "UTF-16" : nil
    }
}

extension JSONValue {
    /// Parses a document from an external source: a UTF-8 byte order mark is skipped, as RFC 8259 (section 8.1) allows.
    /// - Errors: `JSONError`; other encodings such as UTF-16 are named.
    public init(document bytes: [UInt8]) throws(JSONError) {
        if let encoding = TextEncoding.foreign(bytes) {
            throw JSONError("the text is \(encoding); JSON must be UTF-8: save it in that encoding", at: 0, in: bytes)
        }
        try self.init(parsing: TextEncoding.withoutMark(bytes))
    }
}
