/// An evaluation protocol as the catalog knows it: by its digest, what its evaluations say of it, and, where a worker told it, its content.
public struct ProtocolRecord: Sendable, Equatable {
    public var digest: String
    public var encoder: String
    public var encoderDigest: String
    /// Generated samples: the fewest that an evaluation names. Earlier programs wrote down how many were generated where a metric looked at fewer.
    public var samples: Int
    public var referenceSplit: String
    /// Canonical JSON of which `digest` is the digest; nil where no worker told it.
    public var content: String?

    public init(digest: String, encoder: String, encoderDigest: String, samples: Int, referenceSplit: String, content: String? = nil) {
        self.digest = digest
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
        self.content = content
    }
}
