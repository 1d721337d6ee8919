import Events

/// One value of one metric at one step, with everything that determines its meaning.
public struct EvaluationRecord: Sendable, Equatable {
    /// Completed training steps.
    public var step: Int
    /// The metric's name, such as "fid".
    public var metric: String
    /// Nil if the metric could not be computed.
    public var value: Double?
    /// Digest of the evaluation protocol. It is part of the value's key: values of two protocols are never mixed.
    public var protocolDigest: String
    /// The feature extractor's name.
    public var encoder: String
    /// Digest of the feature extractor's weights and preprocessing.
    public var encoderDigest: String
    /// Generated samples that the metric used.
    public var samples: Int
    /// The split of the data set that the samples are compared with.
    public var referenceSplit: String
    /// Why there is no value; nil if there is one, or if the measuring program reported no reason.
    public var problem: String?
    /// Whether the protocol is the run's own, that of its specification. Figures, scores and filters are of such values.
    public var isPrimary: Bool
    /// The evaluation job that measured the value; nil if the training of the run did.
    public var job: String?

    /// Makes a record from its columns.
    public init(
        step: Int, metric: String, value: Double?, protocolDigest: String, encoder: String, encoderDigest: String,
        samples: Int, referenceSplit: String, problem: String? = nil, isPrimary: Bool = true, job: String? = nil
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
        self.job = job
    }

    init(_ event: RunEvent.Evaluation, isPrimary: Bool, job: String? = nil) {
        self.init(
            step: event.step, metric: event.metric, value: event.value, protocolDigest: event.protocolDigest, encoder: event.encoder,
            encoderDigest: event.encoderDigest, samples: event.samples, referenceSplit: event.referenceSplit, problem: event.problem, isPrimary: isPrimary, job: job)
    }
}
