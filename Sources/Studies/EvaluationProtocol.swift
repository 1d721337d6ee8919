public import Canonical

/// How a number was measured. Two numbers may stand side by side only if their protocols have one digest.
public struct EvaluationProtocol: Sendable, Hashable {
    /// "fid".
    public let metric: String
    /// The network whose features are compared: "lenet".
    public let encoder: String
    /// The content of that network's weights.
    public let encoderDigest: Digest
    /// Generated images; the reference has as many, or its whole split.
    public let samples: Int
    public let referenceSplit: String
    public let datasetDigest: Digest
    /// The random stream that the latents come from: "evaluation/latents".
    public let latentStream: String
    /// The formula and its arithmetic: "frechet-double-1".
    public let estimator: String

    public init(
        metric: String, encoder: String, encoderDigest: Digest, samples: Int, referenceSplit: String,
        datasetDigest: Digest, latentStream: String, estimator: String
    ) {
        self.metric = metric
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
        self.datasetDigest = datasetDigest
        self.latentStream = latentStream
        self.estimator = estimator
    }

    public var json: JSONValue {
        .object([
            "metric": .string(metric), "encoder": .string(encoder), "encoder_digest": .string(encoderDigest.hex),
            "samples": .integer(Int64(samples)), "reference_split": .string(referenceSplit),
            "dataset_digest": .string(datasetDigest.hex), "latent_stream": .string(latentStream),
            "estimator": .string(estimator),
        ])
    }

    /// SHA-256 of the canonical text.
    public var digest: Digest { json.digest }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError` for anything else.
    public init(reading json: JSONValue, path: String = "protocol") throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        self.init(
            metric: try fields.string("metric"), encoder: try fields.string("encoder"),
            encoderDigest: try fields.digest("encoder_digest"),
            samples: try fields.integer("samples", in: 1...SpecificationLimits.maximumSamples),
            referenceSplit: try fields.string("reference_split"), datasetDigest: try fields.digest("dataset_digest"),
            latentStream: try fields.string("latent_stream"), estimator: try fields.string("estimator"))
        try fields.finish()
    }
}
