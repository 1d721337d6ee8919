/// An address on which a server listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric IPv4 address and a port; port 0 selects any free port.
    case ipv4(String, port: Int)
    /// A numeric IPv6 address and a port; does not accept IPv4.
    case ipv6(String, port: Int)
    /// A Unix-domain socket, accessible to its owner only. A stale socket file of a server that is gone is replaced.
    case unix(String)

    /// The address as text, as `init(parsing:)` reads it.
    public var description: String {
        switch self {
        case .ipv4(let host, let port): "\(host):\(port)"
        case .ipv6(let host, let port): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The port; nil for a Unix-domain socket.
    public var port: Int? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, let port): port
        case .unix: nil
        }
    }

    /// The base URL, such as `http://127.0.0.1:8080`. Nil for a Unix-domain socket.
    public var url: String? { port == nil ? nil : "http://\(self)" }

    func withPort(_ port: Int) -> ListenAddress {
        switch self {
        case .ipv4(let host, _): .ipv4(host, port: port)
        case .ipv6(let host, _): .ipv6(host, port: port)
        case .unix: self
        }
    }
}
