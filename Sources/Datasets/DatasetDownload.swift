public import Canonical

/// A public download.
public struct DatasetDownload: Sendable, Hashable {
    /// The URL.
    public let address: String
    /// The local file name.
    public let file: String
    /// The digest of the file as served.
    public let digest: PublishedDigest

    /// Creates a value from its parts.
    public init(address: String, file: String, digest: PublishedDigest) {
        (self.address, self.file, self.digest) = (address, file, digest)
    }
}
