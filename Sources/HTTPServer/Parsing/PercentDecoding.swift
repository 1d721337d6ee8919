/// Strict, single percent-decoding (RFC 3986, section 2.1).
enum PercentDecoding {
    enum Part {
        case path
        /// Names and values of a query or form, in which a plus sign is a space.
        case query
    }

    /// The decoded text, or nil if a percent encoding is malformed, the result is not UTF-8,
    /// or it contains a disallowed character: controls anywhere; encoded slashes and backslashes in a path.
    static func text(_ bytes: Span<UInt8>, in part: Part) -> String? {
        var isPlain = true
        for index in bytes.indices where !isPlainByte(bytes[index], in: part) {
            isPlain = false
            break
        }
        if isPlain { return bytes.text }
        guard let decoded = decode(bytes, in: part) else { return nil }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func isPlainByte(_ byte: UInt8, in part: Part) -> Bool {
        guard byte.isVisible else { return false }
        return switch byte {
        case UInt8(ascii: "%"): false
        case UInt8(ascii: "\\"): part != .path
        case UInt8(ascii: "+"): part != .query
        default: true
        }
    }

    private static func decode(_ bytes: Span<UInt8>, in part: Part) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, let high = bytes[index + 1].hexadecimalValue,
                    let low = bytes[index + 2].hexadecimalValue
                else { return nil }
                let value = high << 4 | low
                guard isAllowed(value, in: part) else { return nil }
                result.append(value)
                index += 3
                continue
            }
            if byte == UInt8(ascii: "+"), part == .query {
                result.append(.space)
            } else {
                guard byte.isVisible, byte != UInt8(ascii: "\\") || part == .query else { return nil }
                result.append(byte)
            }
            index += 1
        }
        return result
    }

    private static func isAllowed(_ decoded: UInt8, in part: Part) -> Bool {
        switch part {
        case .path: decoded >= 0x20 && decoded != 0x7F && decoded != UInt8(ascii: "/") && decoded != UInt8(ascii: "\\")
        case .query: decoded != 0
        }
    }
}
