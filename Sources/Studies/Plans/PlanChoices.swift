/// Choices for a named plan; nil keeps the plan's value.
public struct PlanChoices: Sendable, Hashable {
    /// The data set.
    public var dataset: String?
    /// The models.
    public var models: [String]?
    /// Settings per model, for plans with random search.
    public var settings: Int?
    /// Number of seeds, 0 ..< seeds.
    public var seeds: Int?
    /// Steps per run.
    public var steps: Int?
    /// The width factor of the networks.
    public var width: Double?
    /// The batch size.
    public var batchSize: Int?

    /// Creates choices; omitted ones keep the plan's values.
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
