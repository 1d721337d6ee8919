/// Where a server listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A numeric IPv4 address and a port; port 0 takes any free one.
    case ipv4(String, port: Int)
    /// A numeric IPv6 address and a port; never IPv4 as well.
    case ipv6(String, port: Int)
    /// A socket in the file system, readable and writable by its owner only. One left behind by a server that is gone is replaced.
    case unix(String)

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

    /// The beginning of the URLs served there: `http://127.0.0.1:8080`. Nil for a Unix-domain socket.
    public var url: String? { port == nil ? nil : "http://\(self)" }

    func withPort(_ port: Int) -> ListenAddress {
        switch self {
        case .ipv4(let host, _): .ipv4(host, port: port)
        case .ipv6(let host, _): .ipv6(host, port: port)
        case .unix: self
        }
    }
}
