import Crypto

/// A SHA-256 digest (FIPS 180-4): the name of a piece of content.
public struct Digest: Sendable, Hashable {
    // The 32 bytes as big-endian words, so that comparing words compares bytes.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Errors: `DigestError` unless `bytes` are exactly 32.
    public init(bytes: [UInt8]) throws(DigestError) {
        guard bytes.count == 32 else { throw DigestError(text: Hexadecimal.text(of: bytes)) }
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        words = (word(0), word(8), word(16), word(24))
    }

    /// Reads 64 hexadecimal digits.
    /// - Errors: `DigestError` with the text that was given.
    public init(hex: String) throws(DigestError) {
        let digits = hex.utf8.map(Hexadecimal.value(of:))
        guard digits.count == 64, !digits.contains(nil) else { throw DigestError(text: hex) }
        try self.init(bytes: (0..<32).map { digits[2 * $0]! << 4 | digits[2 * $0 + 1]! })
    }

    public static func sha256(_ bytes: [UInt8]) -> Digest {
        var builder = Builder()
        builder.update(bytes)
        return builder.finish()
    }

    /// The digest of the text's UTF-8 bytes.
    public static func sha256(_ text: String) -> Digest { sha256(Array(text.utf8)) }

    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hexadecimal.text(of: bytes) }

    /// The first 12 digits, as identities in addresses and on the page.
    public var short: String { String(hex.prefix(12)) }

    /// Takes content piece by piece. The digest depends on the bytes, not on the pieces.
    public struct Builder {
        private var hash = SHA256()

        public init() {}

        public mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

        public mutating func update(_ text: String) { update(Array(text.utf8)) }

        /// Adds memory as it lies there.
        public mutating func update(_ memory: UnsafeRawBufferPointer) {
            unsafe hash.update(bufferPointer: memory)
        }

        public func finish() -> Digest {
            // SHA-256 always has 32 bytes.
            try! Digest(bytes: Array(hash.finalize()))
        }
    }
}

extension Digest: Comparable, CustomStringConvertible {
    public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
    public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    public var description: String { hex }
}
