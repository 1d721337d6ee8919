package import Catalog
import Canonical
package import Studies

extension StudyRecord {
    /// What the study's plan optimizes.
    package var objective: Objective { Objective(ofPlan: JSONValue(stored: plan)) }
}

extension ComparisonQuery {
    /// What is compared unless the query names a metric: the objective of the first study, or of the first run.
    func objective(_ reader: CatalogReader) throws -> Objective {
        if let study = try studies.first.flatMap({ try reader.study($0) }) { return study.objective }
        if let run = try runs.first.flatMap({ try reader.run($0) }) { return Objective(metric: run.objective) }
        return Objective(measuring: [])
    }

    /// The query with its metric named: the objective where it names none.
    func naming(_ reader: CatalogReader) throws -> ComparisonQuery {
        guard metric == nil else { return self }
        var query = self
        query.metric = try objective(reader).metric
        return query
    }
}
