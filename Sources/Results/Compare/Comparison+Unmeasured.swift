import Canonical
import Catalog
import Studies

/// Runs that were never measured by the compared metric. They are no failures: a statistic that counted them would rank a model by what its
/// study did not ask for.
extension Comparison {
    /// The ended runs of a group without an evaluation of the metric, by number: completed runs, and runs that failed before an evaluation of a metric
    /// that neither their specification names nor any run of the group has.
    static func unmeasured(_ entries: [StudyResults.Entry], _ metric: String) -> Set<Int64> {
        let missing = entries.filter { $0.hasEnded && !$0.isEvaluated }
        let isGroupMeasured = entries.contains(where: \.isEvaluated)
        func isPlanned(_ run: RunRecord) -> Bool { Objective.measured(by: JSONValue(stored: run.specification)).contains(metric) }
        return Set(missing.filter { $0.run.state == .done || (!isGroupMeasured && !isPlanned($0.run)) }.map(\.run.number))
    }

    /// How many runs the figure leaves out because they were never measured; nil if there are none.
    var unmeasuredNote: String? {
        let count = groups.reduce(0) { $0 + $1.unmeasured.count }
        guard count > 0 else { return nil }
        return "\(count) \(count == 1 ? "run was" : "runs were") not measured by \(metricTitle) and \(count == 1 ? "is" : "are") left out."
    }

    /// - Errors: `MetricNotMeasured` if no compared run has an evaluation of the metric and no plan asks for one.
    func checkIsMeasured() throws(MetricNotMeasured) {
        let planned = sources.reduce(into: Set<String>()) { $0.formUnion($1.planned) }, measured = sources.reduce(into: Set<String>()) { $0.formUnion($1.measured) }
        guard !groups.contains(where: { $0.entries.contains(where: \.isEvaluated) }) else { return }
        try MetricNotMeasured.check(metric, study: sources.count == 1 ? sources[0].study?.id : nil, planned: planned, measured: measured)
    }
}

extension ComparisonSource {
    /// The values that the study's plan asks for; without a study, those that the specifications of the runs ask for.
    var planned: Set<String> {
        if let study { return study.planned }
        return models.flatMap(\.entries).reduce(into: []) { $0.formUnion(Objective.measured(by: JSONValue(stored: $1.run.specification)) + [$1.run.objective]) }
    }
}

extension StudyRecord {
    /// The values that the plan asks for, and the objective.
    var planned: Set<String> { Set(Objective.measured(by: JSONValue(stored: plan)) + [objective.metric]) }
}
