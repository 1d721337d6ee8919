import Events

/// One value of one metric at one step, with all that says what the number means.
public struct EvaluationRecord: Sendable, Equatable {
    public var step: Int
    public var metric: String
    /// Nil where the metric could not be computed.
    public var value: Double?
    /// Digest of the evaluation protocol, a part of the value's key: numbers of two protocols are never mixed.
    public var protocolDigest: String
    public var encoder: String
    public var encoderDigest: String
    public var samples: Int
    public var referenceSplit: String
    /// Why there is no value; nil where there is one, and where the program that measured did not say.
    public var problem: String?
    /// Whether the protocol is the run's own, that of its specification. Figures, scores and filters are of such values.
    public var isPrimary: Bool

    public init(
        step: Int, metric: String, value: Double?, protocolDigest: String, encoder: String, encoderDigest: String,
        samples: Int, referenceSplit: String, problem: String? = nil, isPrimary: Bool = true
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
        self.isPrimary = isPrimary
    }

    init(_ event: RunEvent.Evaluation, isPrimary: Bool) {
        self.init(
            step: event.step, metric: event.metric, value: event.value, protocolDigest: event.protocolDigest, encoder: event.encoder,
            encoderDigest: event.encoderDigest, samples: event.samples, referenceSplit: event.referenceSplit, problem: event.problem, isPrimary: isPrimary)
    }
}
