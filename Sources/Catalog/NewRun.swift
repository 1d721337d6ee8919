/// What the catalog needs to know of a run that is submitted.
public struct NewRun: Sendable, Equatable {
    public var specification: String
    public var specificationDigest: String
    public var model: String
    public var dataset: String
    public var seed: Int64
    public var steps: Int
    public var study: String?
    public var position: Int?
    public var setting: Int?
    public var priority: Int
    public var requestedThreads: Int?
    public var requestedKernels: String?
    public var rerunOf: String?

    public init(
        specification: String, specificationDigest: String, model: String, dataset: String, seed: Int64, steps: Int,
        study: String? = nil, position: Int? = nil, setting: Int? = nil, priority: Int = 0,
        requestedThreads: Int? = nil, requestedKernels: String? = nil, rerunOf: String? = nil
    ) {
        self.specification = specification
        self.specificationDigest = specificationDigest
        self.model = model
        self.dataset = dataset
        self.seed = seed
        self.steps = steps
        self.study = study
        self.position = position
        self.setting = setting
        self.priority = priority
        self.requestedThreads = requestedThreads
        self.requestedKernels = requestedKernels
        self.rerunOf = rerunOf
    }
}
