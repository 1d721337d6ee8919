/// An evaluation protocol in the catalog: its digest, what its evaluations report about it, and its content if a worker reported that.
public struct ProtocolRecord: Sendable, Equatable {
    /// SHA-256 of the protocol's canonical JSON.
    public var digest: String
    /// The feature extractor's name.
    public var encoder: String
    /// Digest of the feature extractor.
    public var encoderDigest: String
    /// Generated samples: the smallest number that an evaluation reports. Earlier programs reported the number generated even if a metric used fewer.
    public var samples: Int
    /// The split of the data set that the samples are compared with.
    public var referenceSplit: String
    /// Canonical JSON whose digest is `digest`; nil if no worker reported it.
    public var content: String?

    /// Makes a record.
    public init(digest: String, encoder: String, encoderDigest: String, samples: Int, referenceSplit: String, content: String? = nil) {
        self.digest = digest
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
        self.content = content
    }
}
