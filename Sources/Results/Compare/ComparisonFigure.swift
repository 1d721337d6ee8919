/// The figures and tables of a comparison.
public enum ComparisonFigure: String, Sendable, CaseIterable {
    case distribution, ecdf, budget, sensitivity, table, profile, improvement, paired, spread, beside, transfer, consistency, diversity, temperature, extractors, normalization

    var title: String {
        switch self {
        case .distribution: "Distribution"
        case .ecdf: "Empirical distribution function"
        case .budget: "Best value against budget"
        case .sensitivity: "Sensitivity to hyperparameters"
        case .table: "Table"
        case .profile: "Performance profile"
        case .improvement: "Probability of improvement"
        case .paired: "Differences paired by seed"
        case .spread: "Where the spread comes from"
        case .beside: "Studies side by side"
        case .transfer: "Studies side by side, table"
        case .consistency: "Against LR-PSNR"
        case .diversity: "Against diversity"
        case .temperature: "Against temperature"
        case .extractors: "Agreement of feature extractors"
        case .normalization: "Latent normalization"
        }
    }

    /// Whether it is a table and not a drawing.
    public var isTable: Bool { [.table, .spread, .transfer].contains(self) }

    /// Whether it shows values of another metric or of other protocols than those compared.
    var showsOtherValues: Bool { against != nil || self == .temperature || self == .normalization }

    /// Whether only the order of scores within a study matters, so that studies with different protocols may be combined.
    var isByRank: Bool { self == .improvement }
}
