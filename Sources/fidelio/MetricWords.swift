import Canonical
import Studies

/// Metrics and objectives in words, for a terminal.
enum MetricWords {
    /// The metric of a run's or study's objective, from its JSON.
    static func objective(of json: JSONValue) -> String? { json["objective"]?["metric"]?.stringValue }

    /// The header of a column of best values: "BEST FID".
    static func bestHeader(_ metric: String) -> String { "BEST \(MetricChoice.label(of: metric).uppercased())" }

    /// - Errors: `CommandFailure` that lists the known names.
    static func check(_ metric: String, of option: String) throws {
        let known = SpecificationLimits.metricValues
        guard !known.contains(metric) else { return }
        let hint = Suggestion.nearest(to: metric, among: known).map { "; did you mean \($0)? Known:" } ?? "; known:"
        throw CommandFailure(
            "\(option): there is no metric \(TerminalText.escaped(metric, keepsLines: false))\(hint) \(known.joined(separator: ", "))", code: CommandFailure.Code.badInput)
    }
}
