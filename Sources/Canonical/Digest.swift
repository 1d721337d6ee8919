import Crypto

/// A SHA-256 digest (FIPS 180-4), used as a content address.
public struct Digest: Sendable, Hashable {
    // The 32 bytes as big-endian words, so that comparing words compares bytes.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Errors: `DigestError` unless `bytes` has exactly 32 elements.
    public init(bytes: [UInt8]) throws(DigestError) {
        guard bytes.count == 32 else { throw DigestError(text: Hexadecimal.text(of: bytes)) }
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        words = (word(0), word(8), word(16), word(24))
    }

    /// Parses 64 hexadecimal digits.
    /// - Errors: `DigestError` with the given text.
    public init(hex: String) throws(DigestError) {
        let digits = hex.utf8.map(Hexadecimal.value(of:))
        guard digits.count == 64, !digits.contains(nil) else { throw DigestError(text: hex) }
        try self.init(bytes: (0..<32).map { digits[2 * $0]! << 4 | digits[2 * $0 + 1]! })
    }

    /// The digest of `bytes`.
    public static func sha256(_ bytes: [UInt8]) -> Digest {
        var builder = Builder()
        builder.update(bytes)
        return builder.finish()
    }

    /// The digest of the text's UTF-8 bytes.
    public static func sha256(_ text: String) -> Digest { sha256(Array(text.utf8)) }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hexadecimal.text(of: bytes) }

    /// The first 12 digits, as used in IDs, URLs, and on the page.
    public var short: String { String(hex.prefix(12)) }

    /// Incremental hashing. The digest depends on the bytes only, not on their division into pieces.
    public struct Builder {
        private var hash = SHA256()

        /// Starts an empty computation.
        public init() {}

        /// Appends bytes.
        public mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

        /// Appends the UTF-8 bytes of a text.
        public mutating func update(_ text: String) { update(Array(text.utf8)) }

        /// Adds raw memory.
        public mutating func update(_ memory: UnsafeRawBufferPointer) {
            unsafe hash.update(bufferPointer: memory)
        }

        /// The digest of everything appended.
        public func finish() -> Digest {
            // SHA-256 always has 32 bytes.
            try! Digest(bytes: Array(hash.finalize()))
        }
    }
}

extension Digest: Comparable, CustomStringConvertible {
    /// Equality of all 32 bytes.
    public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
    /// Lexicographic order of the bytes.
    public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }

    /// Hashes the first word, which is uniformly distributed.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// 64 lower-case hexadecimal digits.
    public var description: String { hex }
}

/// A text that is not a valid digest.
public struct DigestError: Error, Equatable, CustomStringConvertible {
    /// The given text.
    public let text: String

    /// The error as one sentence.
    public var description: String { "\"\(text.prefix(80))\" is not a SHA-256 digest of 64 hexadecimal digits" }
}
