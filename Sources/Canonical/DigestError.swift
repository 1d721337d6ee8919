/// A text that is not a valid digest.
public struct DigestError: Error, Equatable, CustomStringConvertible {
    /// The given text.
    public let text: String

    /// The error as one sentence.
    public var description: String { "\"\(text.prefix(80))\" is not a SHA-256 digest of 64 hexadecimal digits" }
}
