import Glibc

/// An IP address as its bytes: 4 or 16. An IPv4-mapped IPv6 address is represented as IPv4.
package struct NetworkAddress: Sendable, Hashable {
    /// In network order: 4, or 16.
    package let bytes: [UInt8]

    /// Parses an address without a port; nil for anything else.
    package init?(_ text: String) {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            bytes = unsafe withUnsafeBytes(of: &four) { unsafe Array($0) }
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let all = unsafe withUnsafeBytes(of: &six) { unsafe Array($0) }
        let isMapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 255 && all[11] == 255
        bytes = isMapped ? Array(all[12...]) : all
    }

    /// Parses `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`, as proxies write them.
    package init?(withPort text: String) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            self.init(String(text[text.index(after: text.startIndex)..<end]))
        } else if text.split(separator: ":", omittingEmptySubsequences: false).count == 2 {
            self.init(String(text.prefix { $0 != ":" }))
        } else {
            self.init(text)
        }
    }

    /// The key for throttling: an IPv4 address, or the first 64 bits of an IPv6 one, which belong to one customer.
    static func quotaKey(of text: String) -> String {
        guard let address = NetworkAddress(text), address.bytes.count == 16 else { return text }
        return address.bytes[..<8].map { String($0, radix: 16) }.joined(separator: ".")
    }

    /// Whether it is a loopback address.
    package var isLoopback: Bool { bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1] }
}

/// Where a request really comes from: the peer of its connection, or what a trusted proxy reports.
package struct Client: Sendable, Equatable {
    /// As text, without a port.
    package var address: String
    /// Whether the browser's own connection is encrypted.
    package var isSecure: Bool

    /// - Parameter address: as text, without a port.
    package init(address: String, isSecure: Bool) {
        self.address = address
        self.isSecure = isSecure
    }
}
