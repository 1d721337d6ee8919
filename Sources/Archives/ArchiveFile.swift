public import Canonical

/// An archive on the disk.
public struct ArchiveFile: Sendable, Equatable {
    public let path: String
    /// The archive's address, not the digest of the file.
    public let digest: Digest
    /// The size of the file.
    public let bytes: Int
}
