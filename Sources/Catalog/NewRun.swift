internal import Studies

/// What the catalog needs to know about a submitted run.
public struct NewRun: Sendable, Equatable {
    /// Canonical JSON, complete.
    public var specification: String
    /// SHA-256 of the canonical JSON, lower-case hex.
    public var specificationDigest: String
    /// The model's name.
    public var model: String
    /// The data set's name.
    public var dataset: String
    /// The seed of every random stream of the run.
    public var seed: Int64
    /// Training steps that the specification asks for.
    public var steps: Int
    /// The value that the run is to optimize (`Objective.metric`).
    public var objective: String
    /// The run's study; nil for a single run.
    public var study: String?
    /// Its position in the study's plan, from 0; nil for a single run.
    public var position: Int?
    /// Its setting (a point of the study's grid), from 0; nil for a single run.
    public var setting: Int?
    /// A level of priority is worth a week of waiting.
    public var priority: Int
    /// The id of the member who submits it, or "local"; nil for the server itself.
    public var submitter: String?
    /// The submitter's name, for the history; nil for the server itself.
    public var actor: String?
    /// The executor that it asks for; nil for the server's first.
    public var executor: String?
    /// Threads that the submitter asked for; nil for the server's choice.
    public var requestedThreads: Int?
    /// The kernel variant that the submitter asked for; nil for the best of the machine.
    public var requestedKernels: String?
    /// The run that this one repeats for verification; nil for an ordinary run.
    public var rerunOf: String?

    /// - Parameter objective: nil for that of a specification without metrics
    public init(
        specification: String, specificationDigest: String, model: String, dataset: String, seed: Int64, steps: Int, objective: String? = nil,
        study: String? = nil, position: Int? = nil, setting: Int? = nil, priority: Int = 0, submitter: String? = nil, actor: String? = nil, executor: String? = nil,
        requestedThreads: Int? = nil, requestedKernels: String? = nil, rerunOf: String? = nil
    ) {
        self.specification = specification
        self.specificationDigest = specificationDigest
        self.model = model
        self.dataset = dataset
        self.seed = seed
        self.steps = steps
        self.objective = objective ?? Objective(measuring: []).metric
        self.study = study
        self.position = position
        self.setting = setting
        self.priority = priority
        self.submitter = submitter
        self.actor = actor
        self.executor = executor
        self.requestedThreads = requestedThreads
        self.requestedKernels = requestedKernels
        self.rerunOf = rerunOf
    }
}
