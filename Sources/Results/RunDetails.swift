public import Canonical
public import Catalog

/// Everything known about a run as one value, for the command line.
public enum RunDetails {
    /// The run with its history, attempts, results, and protocols. - Errors: `ResultsError.unknownRun`, `CatalogError`
    public static func json(ofRun id: String, _ reader: CatalogReader) throws -> JSONValue {
        let run = try reader.requiredRun(id)
        let scores = try reader.scores(ofRun: run.number)
        let evaluations = try reader.evaluations(ofRun: run.number)
        let best = try reader.bestCheckpoint(of: run)
        let bestStep = try? best.get().checkpoint.step
        return .object([
            "run": RunJSON.full(run, scores: scores, verification: try reader.verification(ofRun: run.number)).adding(best),
            "evaluations": .array(evaluations.map(RunJSON.evaluation)),
            "samples": .array(try reader.samples(ofRun: run.number).map { RunJSON.sample($0, run: id) }),
            "checkpoints": .array(try reader.checkpoints(ofRun: run.number).map { RunJSON.checkpoint($0, values: RunJSON.values(evaluations, atStep: $0.step), isBest: $0.step == bestStep) }),
            "attempts": .array(try reader.attempts(ofRun: run.number).map(RunJSON.attempt)),
            "history": .array(try reader.history(ofRun: run.number).map(RunJSON.history)),
        ])
    }
}
