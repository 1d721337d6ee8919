import Events

/// One value of one metric at one step, with all that says what the number means.
public struct EvaluationRecord: Sendable, Equatable {
    public var step: Int
    public var metric: String
    /// Nil where the metric could not be computed.
    public var value: Double?
    /// Digest of the evaluation protocol: numbers of two protocols are never mixed.
    public var protocolDigest: String
    public var encoder: String
    public var encoderDigest: String
    public var samples: Int
    public var referenceSplit: String
    /// Why there is no value; nil where there is one, and where the program that measured did not say.
    public var problem: String?

    public init(
        step: Int, metric: String, value: Double?, protocolDigest: String, encoder: String, encoderDigest: String,
        samples: Int, referenceSplit: String, problem: String? = nil
    ) {
        self.step = step
        self.metric = metric
        self.value = value
        self.protocolDigest = protocolDigest
        self.encoder = encoder
        self.encoderDigest = encoderDigest
        self.samples = samples
        self.referenceSplit = referenceSplit
        self.problem = problem
    }

    init(_ event: RunEvent.Evaluation) {
        self.init(
            step: event.step, metric: event.metric, value: event.value, protocolDigest: event.protocolDigest, encoder: event.encoder,
            encoderDigest: event.encoderDigest, samples: event.samples, referenceSplit: event.referenceSplit, problem: event.problem)
    }
}
