import Access
import Canonical
import HTTPServer
import HTTPTypes

/// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted. From other peers these fields are ignored.
public struct TrustedProxies: Sendable, Equatable {
    private struct Network: Sendable, Equatable {
        var bytes: [UInt8]
        var bits: Int

        func contains(_ address: NetworkAddress) -> Bool {
            guard address.bytes.count == bytes.count else { return false }
            for (index, byte) in bytes.enumerated() {
                let kept = min(8, max(0, bits - 8 * index))
                let mask = kept == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - kept))
                if (byte ^ address.bytes[index]) & mask != 0 { return false }
            }
            return true
        }
    }

    private var networks: [Network] = []
    private var trustsSocket = false

    /// Trusts no proxy.
    public init() {}

    /// Parses addresses (`192.0.2.7`), networks (`10.0.0.0/8`, `fd00::/8`), and `unix` for peers on the Unix-domain socket.
    /// - Returns: nil if any text is none of these.
    public init?(_ texts: [String]) {
        for text in texts {
            if text == "unix" {
                trustsSocket = true
                continue
            }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let address = NetworkAddress(String(parts[0])) else { return nil }
            let all = 8 * address.bytes.count
            let bits = parts.count == 2 ? Int(parts[1], in: 0...all) : all
            guard let bits else { return nil }
            networks.append(Network(bytes: address.bytes, bits: bits))
        }
    }

    /// Whether the peer of a connection is a trusted proxy.
    package func trusts(_ host: String) -> Bool {
        if host == "unix" { return trustsSocket }
        guard let address = NetworkAddress(host) else { return false }
        return networks.contains { $0.contains(address) }
    }

    /// The nearest address that is not a trusted proxy's. Anything further left in the field is not trustworthy.
    func client(of request: Request) -> Client {
        let peer = request.remoteAddress.host
        guard trusts(peer) else { return Client(address: peer, isSecure: false) }
        let schemes = TrustedProxies.items(request.headerFields[values: TrustedProxies.forwardedScheme])
        var address = peer
        for item in TrustedProxies.items(request.headerFields[values: TrustedProxies.forwardedFor]).reversed() {
            guard NetworkAddress(withPort: item) != nil else { break }
            address = TrustedProxies.withoutPort(item)
            if !trusts(address) { break }
        }
        return Client(address: address, isSecure: schemes.last?.lowercased() == "https")
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    private static let forwardedScheme = HTTPField.Name("X-Forwarded-Proto")!

    private static func items(_ values: [String]) -> [String] {
        values.flatMap { $0.split(separator: ",") }.map { item in
            String(item.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        }
    }

    private static func withoutPort(_ text: String) -> String {
        if text.hasPrefix("[") { return String(text.dropFirst().prefix { $0 != "]" }) }
        return text.split(separator: ":", omittingEmptySubsequences: false).count == 2 ? String(text.prefix { $0 != ":" }) : text
    }
}
