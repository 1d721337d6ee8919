import Events
public import Studies

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

extension [EvaluationRecord] {
    /// The evaluations of a run that decide its score by a metric, and its best checkpoint: those under the primary protocol, and of these only what
    /// training measured, unless it never measured the metric. Later evaluations of a run's checkpoints thus change nothing that it is compared by.
    public func deciding(_ metric: String) -> [EvaluationRecord] {
        let primary = filter { $0.metric == metric && $0.isPrimary }
        let trained = primary.filter { $0.job == nil }
        return trained.isEmpty ? primary : trained
    }
}

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

/// Whether a lower or a higher value of a metric is better.
public typealias MetricDirection = MetricChoice.Direction

/// A run's best and last value of one metric under the run's primary protocol. `MetricDirection` decides which value is better.
public struct ScoreRecord: Sendable, Equatable {
    /// The metric's name.
    public var metric: String
    /// The best value over all evaluations.
    public var best: Double
    /// The first step with the best value.
    public var bestStep: Int
    /// The value of the last evaluation.
    public var final: Double
    /// The step of the last evaluation.
    public var finalStep: Int
}
