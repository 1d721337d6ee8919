public import Canonical

/// How a number was measured. Two numbers may stand side by side only if their protocols have one digest.
public struct EvaluationProtocol: Sendable, Hashable {
    /// The name of the metric, as in a specification: "fid".
    public let metric: String
    /// The network whose features are compared: "lenet-mnist".
    public let encoder: String
    /// The content of that network's weights.
    public let encoderDigest: Digest
    /// Generated images.
    public let samples: Int
    /// The reference split of the data set.
    public let referenceSplit: String
    /// Images of that split that took part.
    public let referenceSamples: Int
    /// The digest of the data set.
    public let datasetDigest: Digest
    /// The random stream that the latents come from: "evaluation/latents".
    public let latentStream: String
    /// The field that examples are generated for, those of the reference split one after another; nil where they are generated from latents alone.
    public let condition: String?
    /// The formula and its arithmetic: "frechet-1".
    public let estimator: String
    /// The metric's own settings, or null where it has none.
    public let options: JSONValue
    /// The numerics version.
    public let numerics: Int

    /// Creates a value from its parts.
    public init(
        metric: String, encoder: String, encoderDigest: Digest, samples: Int, referenceSplit: String, referenceSamples: Int, datasetDigest: Digest,
        latentStream: String, estimator: String, options: JSONValue = .null, condition: String? = nil, numerics: Int = Version.numerics
    ) {
        self.metric = metric
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
        self.referenceSamples = referenceSamples
        self.datasetDigest = datasetDigest
        self.latentStream = latentStream
        self.condition = condition
        self.estimator = estimator
        self.options = options
        self.numerics = numerics
    }

    /// The canonical form, whose digest identifies the protocol.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "metric": .string(metric), "encoder": .string(encoder), "encoder_digest": .string(encoderDigest.hex),
            "samples": .integer(Int64(samples)), "reference_split": .string(referenceSplit),
            "reference_samples": .integer(Int64(referenceSamples)), "dataset": .string(datasetDigest.hex),
            "latent_stream": .string(latentStream), "estimator": .string(estimator), "numerics": .integer(Int64(numerics)),
        ]
        if options != .null { members["options"] = options }
        if let condition { members["condition"] = .string(condition) }
        return .object(members)
    }

    /// SHA-256 of the canonical text.
    public var digest: Digest { json.digest }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError` for anything else.
    public init(reading json: JSONValue, path: String = "protocol") throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        self.init(
            metric: try fields.oneOf("metric", SpecificationLimits.metrics), encoder: try fields.string("encoder"),
            encoderDigest: try fields.digest("encoder_digest"),
            samples: try fields.integer("samples", in: 1...SpecificationLimits.maximumSamples),
            referenceSplit: try fields.string("reference_split"),
            referenceSamples: try fields.integer("reference_samples", in: 1...SpecificationLimits.maximumSamples),
            datasetDigest: try fields.digest("dataset"), latentStream: try fields.string("latent_stream"),
            estimator: try fields.string("estimator"), options: fields.optionalValue("options") ?? .null,
            condition: try fields.optionalString("condition"),
            numerics: try fields.integer("numerics", in: 1...1_000_000))
        try fields.finish()
    }
}
