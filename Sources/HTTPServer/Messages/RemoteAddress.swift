/// The address of the client of a connection.
public struct RemoteAddress: Sendable, Hashable, CustomStringConvertible {
    enum Family: UInt8, Sendable {
        case ipv4
        case ipv6
        case unix
    }

    let family: Family
    /// The address in network byte order as two integers; an IPv4 address is in the low half of `low`.
    let high: UInt64
    let low: UInt64
    /// The port; zero for a Unix-domain socket.
    public let port: UInt16

    init(family: Family, high: UInt64, low: UInt64, port: UInt16) {
        self.family = family
        self.high = high
        self.low = low
        self.port = port
    }

    /// 127.0.0.1, port 0.
    public static let loopback = RemoteAddress(family: .ipv4, high: 0, low: 0x7F00_0001, port: 0)

    static let unix = RemoteAddress(family: .unix, high: 0, low: 0, port: 0)

    /// Whether the client is on this machine.
    public var isLoopback: Bool {
        switch family {
        case .ipv4: low >> 24 == 127
        case .ipv6: (high == 0 && low == 1) || (high == 0 && low >> 24 == 0xFFFF_7F)
        case .unix: true
        }
    }

    /// The address without port: `192.0.2.1`, `2001:db8:0:0:0:0:0:1`, or `unix`.
    public var host: String {
        switch family {
        case .ipv4: 
            let parts = (0..<4).map { (index: Int) -> UInt64 in low >> (24 - 8 * UInt64(index)) & 0xFF }
            return parts.map { String($0) }.joined(separator: ".")
        case .ipv6:
            let groups = (0..<8).map { (index: Int) -> UInt64 in
                let half = index < 4 ? high : low
                return half >> (48 - 16 * UInt64(index % 4)) & 0xFFFF
            }
            return groups.map { String($0, radix: 16) }.joined(separator: ":")
        case .unix: return "unix"
        }
    }

    /// The address with its port.
    public var description: String {
        switch family {
        case .ipv4: "\(host):\(port)"
        case .ipv6: "[\(host)]:\(port)"
        case .unix: host
        }
    }

    /// The key by which connections are counted: an IPv4 address, or the first 64 bits of an IPv6 address, which usually belong to one subscriber.
    var quotaKey: RemoteAddress {
        family == .ipv6 ? RemoteAddress(family: .ipv6, high: high, low: 0, port: 0) : RemoteAddress(family: family, high: 0, low: low, port: 0)
    }
}
