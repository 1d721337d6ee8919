/// A digest as published with a file, of the kind chosen by the publisher.
///
/// MD5 and SHA-1 detect accidental changes and old copies, not forgeries; SHA-256 is used where it is known.
public enum PublishedDigest: Sendable, Hashable, CustomStringConvertible {
    case sha256(Digest)
    /// 32 lower-case hexadecimal digits.
    case md5(String)
    /// The git blob ID of the content: SHA-1 of "blob", a space, the length, a zero byte, and the content; 40 digits.
    case gitBlob(String)

    /// The kind, as text.
    public var kind: String {
        switch self {
        case .sha256: "SHA-256"
        case .md5: "MD5"
        case .gitBlob: "git blob id"
        }
    }

    /// The digits.
    public var hex: String {
        switch self {
        case .sha256(let digest): digest.hex
        case .md5(let text), .gitBlob(let text): text
        }
    }

    /// Kind and digits.
    public var description: String { "\(kind) \(hex)" }
}
