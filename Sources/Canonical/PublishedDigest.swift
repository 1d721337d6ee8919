/// A digest as the publishers of a file gave it, of whichever kind they chose.
///
/// MD5 and SHA-1 find accidents and old copies, not forgeries; where a SHA-256 is known it is the one that is asked for.
public enum PublishedDigest: Sendable, Hashable, CustomStringConvertible {
    case sha256(Digest)
    /// 32 lower-case hexadecimal digits.
    case md5(String)
    /// The name that git gives to the content: SHA-1 of "blob", a space, the length, a zero byte and the content; 40 digits.
    case gitBlob(String)

    /// The kind for people.
    public var kind: String {
        switch self {
        case .sha256: "SHA-256"
        case .md5: "MD5"
        case .gitBlob: "git blob id"
        }
    }

    public var hex: String {
        switch self {
        case .sha256(let digest): digest.hex
        case .md5(let text), .gitBlob(let text): text
        }
    }

    public var description: String { "\(kind) \(hex)" }
}
