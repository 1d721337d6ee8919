import Glibc

extension ListenAddress {
    /// Parses `127.0.0.1:8080`, `[::1]:8080`, or `unix:/run/fidelio.sock`; nil for anything else, including host names.
    public init?(parsing text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard !path.isEmpty, path.utf8.count < Self.longestPath, !path.utf8.contains(0) else { return nil }
            self = .unix(path)
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = String(host.dropFirst().dropLast())
            guard Self.bytes(of: address, AF_INET6) != nil else { return nil }
            self = .ipv6(address, port: port)
        } else {
            guard Self.bytes(of: String(host), AF_INET) != nil else { return nil }
            self = .ipv4(String(host), port: port)
        }
    }

    /// Whether only programs on this machine can connect.
    public var isLoopback: Bool {
        switch self {
        case .unix: true
        case .ipv4(let host, _): Self.bytes(of: host, AF_INET)?.first == 127
        case .ipv6(let host, _): Self.bytes(of: host, AF_INET6) == [UInt8](repeating: 0, count: 15) + [1]
        }
    }

    /// Capacity of `sockaddr_un`, including the terminating zero.
    private static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    private static func port(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ $0.isDigit }), let port = Int(text, in: 0...65535) else { return nil }
        return port
    }

    /// The numeric address in network byte order; nil if it is not numeric.
    private static func bytes(of host: String, _ family: Int32) -> [UInt8]? {
        guard !host.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
        return unsafe inet_pton(family, host, &bytes) == 1 ? bytes : nil
    }
}
