/// What comparing a rerun with its original gave.
public struct VerificationRecord: Sendable, Equatable {
    public enum State: String, Sendable { case running, identical, different }

    public var original: String
    public var rerun: String
    public var state: State
    /// How many of each were compared.
    public var metrics: Int
    public var samples: Int
    public var evaluations: Int
    public var checkpoints: Int
    /// Canonical JSON; nil when nothing differs.
    public var firstDifference: String?
    public var finished: Double?
    public var finalDigests: [String?]

    public init(
        original: String, rerun: String, state: State, metrics: Int = 0, samples: Int = 0, evaluations: Int = 0,
        checkpoints: Int = 0, firstDifference: String? = nil, finished: Double? = nil, finalDigests: [String?] = [nil, nil]
    ) {
        self.original = original
        self.rerun = rerun
        self.state = state
        self.metrics = metrics
        self.samples = samples
        self.evaluations = evaluations
        self.checkpoints = checkpoints
        self.firstDifference = firstDifference
        self.finished = finished
        self.finalDigests = finalDigests
    }
}
