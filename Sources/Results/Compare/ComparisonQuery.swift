/// What is compared: whole studies, some of their models, or chosen runs; by one metric.
public struct ComparisonQuery: Sendable, Hashable {
    /// Which value of a run counts.
    public enum Selection: String, Sendable, CaseIterable {
        case best, final
    }

    /// What the budget figure counts.
    public enum Budget: String, Sendable, CaseIterable {
        /// Settings, as the study does; one with several seeds counts with their mean.
        case settings
        /// Runs, each by itself.
        case runs
    }

    /// Ids, in the order of the reader.
    public var studies: [String]
    /// Runs that are compared one by one, whatever else their studies hold: what a share link pins.
    public var runs: [String]
    /// Empty for all.
    public var models: [String]
    /// Nil for the objective of the first study, or of the first run.
    public var metric: String?
    public var selection: Selection
    /// Whether values of different evaluation protocols may share a figure, which then says so.
    public var mixesProtocols: Bool
    public var budget: Budget
    /// The evaluation protocol whose values count; nil for each run's primary one.
    public var protocolDigest: String?

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
