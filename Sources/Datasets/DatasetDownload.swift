public import Canonical

/// A file in the public net.
public struct DatasetDownload: Sendable, Hashable {
    public let address: String
    /// The name under which it is kept.
    public let file: String
    /// Of the file as it is sent.
    public let digest: PublishedDigest

    public init(address: String, file: String, digest: PublishedDigest) {
        (self.address, self.file, self.digest) = (address, file, digest)
    }
}
