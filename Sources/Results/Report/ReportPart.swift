import Catalog
import Figures
import Studies

/// A figure or table of a report: how it is drawn, and what is said of it.
struct ReportPart {
    let figure: ComparisonFigure
    var scale: AxisScale
    let title: String
    let words: String

    private init(_ figure: ComparisonFigure, _ scale: AxisScale, _ title: String, _ words: String) {
        (self.figure, self.scale, self.title, self.words) = (figure, scale, title, words)
    }

    /// All there are, in the order of the page. Figures of the study (Lucic et al. 2018) that are of the same kind are named.
    static let all = [
        ReportPart(
            .table, .linear, "Table", "One row a model; means leave out severe outliers and failures and say so with stars, as in the study's table 3."),
        ReportPart(.distribution, .logarithmic, "Distribution", "Every run of every setting, as in the study's figure 5."),
        ReportPart(
            .budget, .logarithmic, "Best value against budget",
            "What the best of so many runs can be expected to reach, as in the study's figures 4 (FID) and 6 (F1)."),
        ReportPart(.sensitivity, .logarithmic, "Sensitivity to hyperparameters", "What each hyperparameter does: every run against its value."),
        ReportPart(.ecdf, .logarithmic, "Empirical distribution function", "How many runs reach a value."),
        ReportPart(.profile, .logarithmic, "Performance profile", "The fraction of runs within each threshold, with bands."),
        ReportPart(.improvement, .linear, "Probability of improvement", "Which model is likely to be better."),
        ReportPart(.paired, .linear, "Differences paired by seed", "The same seeds side by side."),
        ReportPart(.spread, .linear, "Where the spread comes from", "Settings, seeds and evaluations apart."),
    ]

    /// What is shown of studies side by side.
    static let sideBySide = [
        ReportPart(.transfer, .linear, "Table", "Each model in each study, the first study's being what the others are held against."),
        ReportPart(
            .beside, .logarithmic, "Distributions side by side",
            "Every run of each model, study by study; for wide and narrow ranges of one data set this is the study's figure 15."),
    ]

    /// Logarithmic axes only where every value has a logarithm and the values have no upper end.
    func fitted(to comparison: Comparison) -> ReportPart {
        var part = self
        let values = comparison.groups.flatMap { comparison.scores($0).compactMap { $0 } }
        if comparison.direction == .maximise || values.contains(where: { $0 <= 0 }) { part.scale = .linear }
        return part
    }

    /// What the part shows of a comparison.
    func view(of comparison: Comparison) -> View { View(.compared(figure, comparison.query, scale: figure.isTable ? nil : scale)) }

    /// The same, drawn from the comparison's results.
    func resolved(_ comparison: Comparison) -> ResolvedView { ResolvedView(view(of: comparison), .compared(comparison, figure, scale)) }

    /// The files' name without its ending.
    func name(_ comparison: Comparison) -> String { "\(comparison.metric)-\(figure.rawValue)" }
}
