import Canonical

/// Random secrets that grant access, and how they are stored and compared.
enum Secret {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    /// 256 random bits from the system's generator, as 43 characters that are safe in URLs, cookies, and headers.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        var text = ""
        // 42 characters of 6 bits and one with the remaining 4.
        for _ in 0..<42 { text.append(alphabet[Int(generator.next(upperBound: 64 as UInt64))]) }
        text.append(alphabet[Int(generator.next(upperBound: 16 as UInt64))])
        return text
    }

    /// 64 random bits that identify a resource and grant nothing.
    static func makeID() -> String {
        var generator = SystemRandomNumberGenerator()
        let text = String(generator.next(), radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// The stored form: a one-way hash.
    static func hash(_ secret: String) -> String { Digest.sha256(Array(secret.utf8)).hex }

    /// Compares two texts in constant time.
    static func areEqual(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
