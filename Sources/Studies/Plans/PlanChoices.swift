/// What whoever uses a named plan may choose; nil leaves the plan's own value.
public struct PlanChoices: Sendable, Hashable {
    public var dataset: String?
    public var models: [String]?
    /// Settings a model, for plans that search at random.
    public var settings: Int?
    public var seeds: Int?
    public var steps: Int?
    public var width: Double?
    public var batchSize: Int?

    public init(
        dataset: String? = nil, models: [String]? = nil, settings: Int? = nil, seeds: Int? = nil, steps: Int? = nil, width: Double? = nil,
        batchSize: Int? = nil
    ) {
        self.dataset = dataset
        self.models = models
        self.settings = settings
        self.seeds = seeds
        self.steps = steps
        self.width = width
        self.batchSize = batchSize
    }
}
