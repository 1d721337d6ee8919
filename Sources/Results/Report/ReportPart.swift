import Catalog
import Figures
import Studies

/// A figure or table of a report: how it is drawn, and its description.
struct ReportPart {
    let figure: ComparisonFigure
    var scale: AxisScale
    let title: String
    let words: String

    private init(_ figure: ComparisonFigure, _ scale: AxisScale, _ title: String, _ words: String) {
        (self.figure, self.scale, self.title, self.words) = (figure, scale, title, words)
    }

    /// All parts, in page order. The corresponding figures of the study (Lucic et al. 2018) are named.
    static let all = [
        ReportPart(
            .table, .linear, "Table", "One row per model; means exclude severe outliers and failures, marked with stars, as in the study's table 3."),
        ReportPart(.distribution, .logarithmic, "Distribution", "Every run of every setting, as in the study's figure 5."),
        ReportPart(
            .budget, .logarithmic, "Best value against budget",
            "The expected best value over a number of runs, as in the study's figures 4 (FID) and 6 (F1)."),
        ReportPart(.sensitivity, .logarithmic, "Sensitivity to hyperparameters", "Every run against the value of each hyperparameter."),
        ReportPart(.ecdf, .logarithmic, "Empirical distribution function", "The fraction of runs that reach a value."),
        ReportPart(.profile, .logarithmic, "Performance profile", "The fraction of runs within each threshold, with bands."),
        ReportPart(.improvement, .linear, "Probability of improvement", "The probability that one model is better than another."),
        ReportPart(.paired, .linear, "Differences paired by seed", "Models compared with the same seeds."),
        ReportPart(.spread, .linear, "Sources of variance", "The variance between settings, seeds, and evaluations."),
    ]

    /// The parts that show studies side by side.
    static let sideBySide = [
        ReportPart(.transfer, .linear, "Table", "Each model in each study, compared with the first study."),
        ReportPart(
            .beside, .logarithmic, "Distributions side by side",
            "Every run of each model, study by study; with wide and narrow ranges on one data set, as in the study's figure 15."),
    ]

    /// Logarithmic axes only if every value has a logarithm and the values have no upper bound.
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

    /// The files' name without extension.
    func name(_ comparison: Comparison) -> String { "\(comparison.metric)-\(figure.rawValue)" }
}
