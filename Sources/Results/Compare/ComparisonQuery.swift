/// What to compare: whole studies, some of their models, or chosen runs; by one metric.
public struct ComparisonQuery: Sendable, Hashable {
    /// Which value of a run is used.
    public enum Selection: String, Sendable, CaseIterable {
        case best, final
    }

    /// The unit of the budget figure.
    public enum Budget: String, Sendable, CaseIterable {
        /// Settings, as in the study; a setting with several seeds is represented by their mean.
        case settings
        /// Single runs.
        case runs
    }

    /// Ids, in the requested order.
    public var studies: [String]
    /// Individually chosen runs, such as those that a share link pins.
    public var runs: [String]
    /// Empty for all models.
    public var models: [String]
    /// Nil for the objective of the first study, or of the first run.
    public var metric: String?
    /// Which value of a run is used.
    public var selection: Selection
    /// Whether values of different evaluation protocols may share a figure; the figure then says so.
    public var mixesProtocols: Bool
    /// The unit of the budget figure.
    public var budget: Budget
    /// The evaluation protocol whose values count; nil for each run's primary one.
    public var protocolDigest: String?

    /// Makes a query.
    public init(
        studies: [String] = [], runs: [String] = [], models: [String] = [], metric: String? = nil, selection: Selection = .best, mixesProtocols: Bool = false,
        budget: Budget = .settings, protocolDigest: String? = nil
    ) {
        self.studies = studies
        self.runs = runs
        self.models = models
        self.metric = metric
        self.selection = selection
        self.mixesProtocols = mixesProtocols
        self.budget = budget
        self.protocolDigest = protocolDigest
    }
}
