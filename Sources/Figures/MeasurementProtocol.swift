import Canonical

/// How the numbers of a figure were measured. Numbers of two protocols must not share a figure.
public struct MeasurementProtocol: Sendable, Hashable {
    /// The evaluation protocol's digest, 64 hexadecimal digits.
    public var digest: String
    public var encoder: String
    public var encoderDigest: String
    /// How many generated and how many real images were compared.
    public var samples: Int
    public var referenceSplit: String

    public init(digest: String, encoder: String, encoderDigest: String, samples: Int, referenceSplit: String) {
        self.digest = digest
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
    }

    /// The protocol in a sentence, with digests short enough to compare by eye.
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
