/// Which addresses a text may lead to and take pictures from: lists of what is allowed, everything else is refused.
enum AddressPolicy {
    /// The address of a link, written so that every browser reads it in the one way that was checked; nil if it is not allowed.
    ///
    /// Allowed: `http://HOST…`, `https://HOST…`, `mailto:…`, `#…`, and paths of this server, `/…`. Not `//HOST`, which is another server.
    static func link(_ address: String) -> String? {
        let written = percentEncoded(address)
        if written.hasPrefix("#") { return written }
        if written.hasPrefix("/") { return written.hasPrefix("//") ? nil : written }
        guard let colon = written.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let rest = written[written.index(after: colon)...]
        switch written[..<colon].lowercased() {
        case "http", "https":
            guard rest.hasPrefix("//"), let first = rest.utf8.dropFirst(2).first, first.isLetterOrDigit || first == UInt8(ascii: "[") || first == UInt8(ascii: "%") else { return nil }
            return written
        case "mailto": return rest.isEmpty ? nil : written
        default: return nil
        }
    }

    /// Whether a link leaves this server.
    static func leaves(_ link: String) -> Bool { !link.hasPrefix("/") && !link.hasPrefix("#") }

    /// The address of a picture: a path of this server, or a `data:` address of a bitmap within the bound; nil if it is not allowed.
    static func picture(_ address: String, options: MarkdownOptions) -> String? {
        if address.utf8.count <= options.longestAddress, address.hasPrefix("/") { return link(address) }
        guard address.utf8.count <= options.longestPicture else { return nil }
        for type in ["png", "jpeg", "gif", "webp"] {
            let start = "data:image/\(type);base64,"
            guard address.hasPrefix(start) else { continue }
            let isPlain = address.utf8.dropFirst(start.utf8.count).allSatisfy {
                $0.isLetterOrDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=")
            }
            return isPlain ? address : nil
        }
        return nil
    }

    /// Everything that is no part of an address becomes `%XX`: white space and controls, which browsers drop or strip; `\`, which they read as `/`;
    /// quotes and angle brackets; characters beyond ASCII.
    static func percentEncoded(_ address: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var written: [UInt8] = []
        written.reserveCapacity(address.utf8.count)
        for byte in address.utf8 {
            switch byte {
            case 0...0x20, 0x7F..., UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"),
                UInt8(ascii: "|"), UInt8(ascii: "}"):
                written += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: written.append(byte)
            }
        }
        return String(decoding: written, as: UTF8.self)
    }
}
