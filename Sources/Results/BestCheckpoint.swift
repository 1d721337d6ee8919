package import Canonical
package import Catalog
import Studies

/// The checkpoint of a run with the best value of its objective.
///
/// It goes by the values of which the run's score is the best (`[EvaluationRecord].deciding`); only checkpoints at whose step there is one take part. Of
/// equal values the earliest step is chosen.
package struct BestCheckpoint: Sendable, Equatable {
    /// The checkpoint.
    package let checkpoint: CheckpointRecord
    /// The value of the run's objective at its step.
    package let value: Double

    /// Why a run has none, in one sentence.
    package struct Absence: Error, Equatable, CustomStringConvertible {
        /// The reason.
        package let description: String
    }

    /// - Errors: `Absence` if no checkpoint has a value of the objective
    package static func of(_ run: RunRecord, _ checkpoints: [CheckpointRecord], _ evaluations: [EvaluationRecord]) throws(Absence) -> BestCheckpoint {
        let direction = MetricDirection(metric: run.objective)
        let measured = evaluations.deciding(run.objective)
        let values = Dictionary(measured.map { ($0.step, $0.value) }, uniquingKeysWith: { first, _ in first })
        var best: BestCheckpoint?
        for checkpoint in checkpoints.sorted(by: { $0.step < $1.step }) {
            guard let value = values[checkpoint.step] ?? nil, value.isFinite else { continue }
            if let best, !direction.isBetter(value, than: best.value) { continue }
            best = BestCheckpoint(checkpoint: checkpoint, value: value)
        }
        guard let best else { throw absence(run, checkpoints, measured) }
        return best
    }

    private static func absence(_ run: RunRecord, _ checkpoints: [CheckpointRecord], _ measured: [EvaluationRecord]) -> Absence {
        let title = MetricChoice.title(of: run.objective)
        let values = measured.filter { $0.value != nil }
        func steps(_ steps: [Int]) -> String { steps.map(String.init).joined(separator: ", ") }
        if checkpoints.isEmpty { return Absence(description: "No checkpoint has been saved.") }
        guard let last = measured.last else {
            let planned = Objective.measured(by: JSONValue(stored: run.specification))
            if planned.contains(run.objective) || planned.isEmpty { return Absence(description: "\(title) was never measured.") }
            return Absence(description: "\(title) is not measured by this run, which measures \(planned.joined(separator: ", ")).")
        }
        if values.isEmpty { return Absence(description: "\(title) has no value" + (last.problem.map { ": \($0)" } ?? ".")) }
        return Absence(
            description: "No checkpoint was saved at a step where \(title) was measured: checkpoints at \(steps(checkpoints.map(\.step))), values at \(steps(values.map(\.step))).")
    }
}

extension CatalogReader {
    /// - Errors: those of the catalog. A run without a best checkpoint is an `Absence` in the result.
    package func bestCheckpoint(of run: RunRecord) throws -> Result<BestCheckpoint, BestCheckpoint.Absence> {
        let (all, evaluations) = (try checkpoints(ofRun: run.number), try evaluations(ofRun: run.number))
        let deleted = try deletedCheckpoints(ofRun: run.number), checkpoints = deleted.isEmpty ? all : all.filter { !deleted.contains($0.step) }
        return Result { () throws(BestCheckpoint.Absence) in try BestCheckpoint.of(run, checkpoints, evaluations) }
    }
}

extension JSONValue {
    /// A run with its best checkpoint, or why it has none.
    package func adding(_ best: Result<BestCheckpoint, BestCheckpoint.Absence>) -> JSONValue {
        switch best {
        case .success(let best):
            adding(
                "best_checkpoint",
                ["step": .count(best.checkpoint.step), "digest": .string(best.checkpoint.digest), "value": .number(best.value)]
            ).adding("best_checkpoint_problem", .null)
        case .failure(let absence): adding("best_checkpoint", .null).adding("best_checkpoint_problem", .string(absence.description))
        }
    }
}
