/// A text that should be a digest and is not.
public struct DigestError: Error, Equatable, CustomStringConvertible {
    public let text: String

    public var description: String { "\"\(text.prefix(80))\" is not a SHA-256 digest of 64 hexadecimal digits" }
}
