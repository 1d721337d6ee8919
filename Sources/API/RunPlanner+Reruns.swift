import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results
import Studies

extension RunPlanner {
    /// The plan of reruns: for each model the setting of its best run, by the selection rule. Failed runs are not selected.
    /// - Errors: 409 if no run has a value; `FieldError`, also if this program cannot run the study's plan.
    func reruns(of results: StudyResults, selection: RerunOrigin.Selection, seeds: Int) throws -> JSONValue {
        let plan = try StudyPlan(reading: JSONValue(stored: results.study.plan), models: models, datasets: facts)
        let direction = MetricDirection(metric: results.metric)
        var best: [String: Int] = [:]
        for model in results.models {
            var leading: Double?
            for entry in model.entries where entry.run.state == .done {
                guard let value = selection == .best ? entry.score?.best : entry.score?.final, value.isFinite else { continue }
                if let leader = leading, !direction.isBetter(value, than: leader) { continue }
                (leading, best[model.model]) = (value, entry.run.setting ?? 0)
            }
        }
        guard !best.isEmpty else {
            throw ServerError(.conflict, code: "nothing-measured", "no run of the study \(plan.name) that is done has a value of \(results.metric)", field: "metric")
        }
        return try plan.reruns(best: best, origin: RerunOrigin(source: plan.digest, metric: results.metric, selection: selection), seeds: seeds)
    }
}
