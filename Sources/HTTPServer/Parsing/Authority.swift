/// Host and optional port, as in a Host field or an absolute target (RFC 9110, section 7.2).
enum Authority {
    /// Whether the bytes are a name or IPv4 address, or an IPv6 address in brackets, with an optional port.
    /// User names, percent encodings, and empty hosts are rejected.
    static func isValid(_ bytes: Span<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 262 else { return false }
        let hostEnd: Int
        if bytes[0] == UInt8(ascii: "[") {
            guard let close = bytes.first(UInt8(ascii: "]")), close >= 3 else { return false }
            for index in 1..<close where !isAddressByte(bytes[index]) { return false }
            hostEnd = close + 1
        } else {
            hostEnd = bytes.first(UInt8(ascii: ":")) ?? bytes.count
            guard hostEnd > 0 else { return false }
            for index in 0..<hostEnd where !isNameByte(bytes[index]) { return false }
        }
        return isPort(bytes.extracting(hostEnd..<bytes.count))
    }

    /// The host of a valid authority, in lower case and without port.
    static func host(of authority: String) -> String {
        let end: String.Index
        if authority.utf8.first == UInt8(ascii: "[") {
            end = authority.firstIndex(of: "]").map(authority.index(after:)) ?? authority.endIndex
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        return authority[..<end].lowercased()
    }

    private static func isPort(_ bytes: Span<UInt8>) -> Bool {
        if bytes.isEmpty { return true }
        guard bytes[0] == UInt8(ascii: ":"), bytes.count <= 6 else { return false }
        var port = 0
        for index in 1..<bytes.count {
            guard bytes[index].isDigit else { return false }
            port = port * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        return port <= 65535
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte.hexadecimalValue != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }
}
