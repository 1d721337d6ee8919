public import Canonical

/// An archive file on disk.
public struct ArchiveFile: Sendable, Equatable {
    /// The path of the file.
    public let path: String
    /// The address of the archive; not the digest of the file.
    public let digest: Digest
    /// The size of the file in bytes.
    public let bytes: Int
}
