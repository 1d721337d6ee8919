import Canonical

/// How the values of a figure were measured. Values of different protocols must not share a figure.
public struct MeasurementProtocol: Sendable, Hashable {
    /// The digest of the evaluation protocol, 64 hexadecimal digits.
    public var digest: String
    /// The name of the feature extractor.
    public var encoder: String
    /// The digest of the extractor's weights.
    public var encoderDigest: String
    /// Number of generated and of real images.
    public var samples: Int
    /// The reference split.
    public var referenceSplit: String

    /// Creates a value from its parts.
    public init(digest: String, encoder: String, encoderDigest: String, samples: Int, referenceSplit: String) {
        self.digest = digest
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
    }

    /// The protocol as one sentence, with shortened digests.
    var sentence: String {
        "Encoder \(encoder) (\(encoderDigest.prefix(12))), N = \(DecimalText.count(samples)) generated against the "
            + "\(referenceSplit) split; evaluation protocol \(digest.prefix(12))."
    }

    var json: JSONValue {
        [
            "digest": .string(digest), "encoder": .string(encoder), "encoder_digest": .string(encoderDigest),
            "samples": .integer(Int64(samples)), "reference_split": .string(referenceSplit),
        ]
    }
}
