package import Canonical
package import Catalog
import Results

/// Which checkpoint of a run is meant.
package enum CheckpointChoice: Sendable, Hashable {
    /// The newest one.
    case last
    /// The one at whose step the run's objective has its best value.
    case best
    case step(Int)

    /// The words that stand for a choice; a step is a number.
    package static let words = ["best", "last"]

    /// Reads the field "step"; the last one if it is missing.
    /// - Errors: `FieldError` for anything but a step, "best" or "last"
    package init(_ fields: inout FieldReader) throws(FieldError) {
        guard let given = fields.optionalValue("step") else {
            self = .last
            return
        }
        if let number = given.integerValue.flatMap({ Int(exactly: $0) }), number >= 0 {
            self = .step(number)
        } else if let word = given.stringValue, CheckpointChoice.words.contains(word) {
            self = word == "best" ? .best : .last
        } else {
            throw fields.error("step", "must be a step, \"best\" or \"last\"")
        }
    }

    /// The checkpoint of a run.
    /// - Errors: `WorkbenchError.noCheckpoint` that lists the steps that have one
    package func checkpoint(of run: RunRecord, _ reader: CatalogReader) throws -> CheckpointRecord {
        let deleted = try reader.deletedCheckpoints(ofRun: run.number), known = try reader.checkpoints(ofRun: run.number).filter { !deleted.contains($0.step) }
        if case .step(let step) = self, deleted.contains(step) { throw WorkbenchError.noCheckpoint(run: run.id, problem: "has no checkpoint at step \(step) any more: it was deleted") }
        guard let last = known.last else {
            if !deleted.isEmpty { throw WorkbenchError.noCheckpoint(run: run.id, problem: "has no checkpoint any more: all were deleted") }
            throw WorkbenchError.noCheckpoint(run: run.id, problem: "has no checkpoint yet (\(run.state.rawValue))")
        }
        switch self {
        case .last: return last
        case .step(let step):
            if let found = known.first(where: { $0.step == step }) { return found }
            throw WorkbenchError.noCheckpoint(
                run: run.id, problem: "has no checkpoint at step \(step); steps with a checkpoint: \(CheckpointChoice.list(known.map(\.step)))")
        case .best:
            do {
                return try BestCheckpoint.of(run, known, reader.evaluations(ofRun: run.number)).checkpoint
            } catch let absence as BestCheckpoint.Absence {
                throw WorkbenchError.noCheckpoint(run: run.id, problem: "has no best checkpoint: \(absence)")
            }
        }
    }

    /// A few steps, so that a message stays a sentence.
    private static func list(_ steps: [Int]) -> String {
        steps.count <= 12
            ? steps.map(String.init).joined(separator: ", ")
            : steps.prefix(6).map(String.init).joined(separator: ", ") + ", ..., " + steps.suffix(5).map(String.init).joined(separator: ", ")
    }
}
