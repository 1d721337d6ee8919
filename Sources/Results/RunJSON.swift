public import Canonical
public import Catalog
import Events
import Studies

/// Runs as JSON.
public enum RunJSON {
    /// What changes during a run: sent to live subscribers.
    package static func changing(_ run: RunRecord, scores: [ScoreRecord]) -> [String: JSONValue] {
        [
            "id": .string(run.id), "study": .optional(run.study), "state": .string(run.state.rawValue),
            "outcome": .optional(run.outcome?.rawValue), "cancelling": .bool(run.cancelling), "message": .string(run.message), "step": .count(run.step), "steps": .count(run.steps),
            "rate": .optional(run.rate), "remaining_seconds": .optional(run.remaining),
            "phase": run.phase.map { .object(["name": .string($0), "fraction": .optional(run.phaseFraction)]) } ?? .null,
            "started": .optional(run.started), "finished": .optional(run.finished), "heartbeat": .optional(run.heartbeat),
            "threads": .optional(run.threads), "kernels": .optional(run.kernels), "host": .optional(run.host),
            "program": .optional(run.program), "final_digest": .optional(run.finalDigest), "restarts": .count(run.restarts),
            "damaged_events": .count(run.damagedEvents), "unknown_events": .count(run.unknownEvents),
            "best": .object(byMetric(scores) { ($0.best, $0.bestStep) }), "final": .object(byMetric(scores) { ($0.final, $0.finalStep) }),
        ]
    }

    /// Everything that the API shows of a run.
    public static func full(_ run: RunRecord, scores: [ScoreRecord], verification: VerificationRecord? = nil) -> JSONValue {
        var fields = changing(run, scores: scores)
        fields["specification"] = JSONValue(stored: run.specification)
        fields["specification_digest"] = .string(run.specificationDigest)
        fields["attempt"] = .count(run.attempt)
        fields["setting"] = .optional(run.setting)
        fields["objective"] = Objective(metric: run.objective).json
        fields["model"] = .string(run.model)
        fields["dataset"] = .string(run.dataset)
        fields["seed"] = .integer(run.seed)
        fields["created"] = .number(run.created)
        fields["rerun_of"] = .optional(run.rerunOf)
        fields["origin"] = run.origin?.json ?? .null
        fields["verification"] = verification.map { RunJSON.verification($0) } ?? .null
        return .object(fields)
    }

    private static func byMetric(_ scores: [ScoreRecord], _ pick: (ScoreRecord) -> (Double, Int)) -> [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        for score in scores {
            let (value, step) = pick(score)
            found[score.metric] = .object(["value": .optional(value), "step": .count(step)])
        }
        return found
    }

    /// The result of verifying a rerun, or the reason why there is none.
    package static func verification(_ verification: VerificationRecord) -> JSONValue {
        .object([
            "state": .string(verification.state.rawValue), "original": .string(verification.original),
            "rerun": .string(verification.rerun),
            "compared": .object([
                "metrics": .count(verification.metrics), "samples": .count(verification.samples),
                "evaluations": .count(verification.evaluations), "checkpoints": .count(verification.checkpoints),
            ]),
            "reason": verification.obstacle.map { obstacle($0, verification) } ?? .null,
            "first_difference": verification.firstDifference.map { JSONValue(stored: $0) } ?? .null,
            "final_digests": .array(verification.finalDigests.map { .optional($0) }), "finished": .optional(verification.finished),
        ])
    }

    /// Why a comparison is inconclusive, as a code and as a sentence.
    private static func obstacle(_ obstacle: VerificationRecord.Obstacle, _ verification: VerificationRecord) -> JSONValue {
        func of(_ side: VerificationRecord.Side) -> String {
            "the \(side.rawValue) \(side == .original ? verification.original : verification.rerun)"
        }
        return switch obstacle {
        case .unfinished(let side, let state, let message):
            reason("unfinished", side, "\(of(side)) \(state == .cancelled ? "was cancelled" : "failed")", message: message == state.rawValue ? "" : message)
        case .incompleteRecord(let side, let lines):
            reason("incomplete-record", side, "\(lines) line\(lines == 1 ? "" : "s") of what \(of(side)) recorded \(lines == 1 ? "is" : "are") damaged")
        case .nothingRecorded: reason("nothing-recorded", nil, "nothing was recorded that could be compared")
        }
    }

    private static func reason(_ code: String, _ side: VerificationRecord.Side?, _ detail: String, message: String = "") -> JSONValue {
        .object(["code": .string(code), "side": .optional(side?.rawValue), "detail": .string(detail), "message": .string(message)])
    }

    /// A change of a run's state.
    package static func history(_ entry: HistoryEntry) -> JSONValue {
        .object(["time": .number(entry.time), "state": .string(entry.state.rawValue), "reason": .string(entry.reason), "actor": .optional(entry.actor), "scope": .string(entry.scope.rawValue)])
    }

    /// One try to execute a run.
    package static func attempt(_ attempt: AttemptRecord) -> JSONValue {
        .object([
            "number": .count(attempt.number), "executor": .string(attempt.executor), "job": .optional(attempt.job), "node": .optional(attempt.node),
            "threads": .count(attempt.threads), "state": .string(attempt.state.rawValue), "reason": .string(attempt.reason),
            "submitted": .number(attempt.submitted), "started": .optional(attempt.started), "ended": .optional(attempt.ended),
            "provenance": attempt.provenance.map { JSONValue(stored: $0) } ?? .null,
        ])
    }

    /// Columns of equal length: the steps, and each metric's values; null if a value is not finite or missing.
    package static func metrics(_ table: MetricTable) -> [String: JSONValue] {
        var series: [String: JSONValue] = [:]
        for (name, column) in zip(table.names, table.columns) { series[name] = .array(column.map { .optional($0) }) }
        return ["step": .array(table.steps.map { .count($0) }), "series": .object(series)]
    }

    /// One value of a metric, or why it is missing.
    package static func evaluation(_ evaluation: EvaluationRecord) -> JSONValue {
        .object([
            "step": .count(evaluation.step), "metric": .string(evaluation.metric), "value": .optional(evaluation.value),
            "protocol": .string(evaluation.protocolDigest), "encoder": .string(evaluation.encoder),
            "encoder_digest": .string(evaluation.encoderDigest), "samples": .count(evaluation.samples),
            "reference_split": .string(evaluation.referenceSplit), "problem": .optional(evaluation.problem), "primary": .bool(evaluation.isPrimary),
            "evaluation_job": .optional(evaluation.job),
        ])
    }

    /// A sample grid, with the URL of its image.
    package static func sample(_ sample: SampleRecord, run: String) -> JSONValue {
        .object([
            "step": .count(sample.step), "digest": .string(sample.digest), "rows": .count(sample.rows),
            "columns": .count(sample.columns), "width": .count(sample.width), "height": .count(sample.height),
            "channels": .count(sample.channels), "url": .string("/api/v1/runs/\(run)/samples/\(sample.step).png"),
        ])
    }

    /// The values of all metrics under the run's primary protocols, by step.
    package static func valuesByStep(_ evaluations: [EvaluationRecord]) -> [Int: [String: JSONValue]] {
        evaluations.reduce(into: [:]) { values, evaluation in
            if evaluation.isPrimary { values[evaluation.step, default: [:]][evaluation.metric] = .optional(evaluation.value) }
        }
    }

    /// A checkpoint in a list over many runs.
    package static func checkpoint(_ listed: ListedCheckpoint, values: [String: JSONValue], isBest: Bool) -> JSONValue {
        guard case .object(var fields) = checkpoint(listed.checkpoint, values: values, isBest: isBest) else { return .null }
        fields["run"] = .string(listed.run)
        fields["model"] = .string(listed.model)
        fields["dataset"] = .string(listed.dataset)
        fields["study"] = .optional(listed.study)
        fields["seed"] = .integer(listed.seed)
        return .object(fields)
    }

    /// - Parameter values: evaluations at the checkpoint's step, by metric.
    /// - Parameter isBest: whether it is the run's best by its objective; nil where that is not known, as in events
    package static func checkpoint(_ checkpoint: CheckpointRecord, values: [String: JSONValue], isBest: Bool? = nil) -> JSONValue {
        let fields: JSONValue = .object([
            "step": .count(checkpoint.step), "digest": .string(checkpoint.digest), "bytes": .integer(checkpoint.bytes),
            "final": .bool(checkpoint.final), "created": .number(checkpoint.time), "metrics": .object(values),
            "url": .string("/api/v1/checkpoints/\(checkpoint.digest).npz"),
        ])
        return isBest.map { fields.adding("best", .bool($0)) } ?? fields
    }
}

/// Everything known about a run as one value, for the command line.
public enum RunDetails {
    /// The run with its history, attempts, results, and protocols. - Errors: `ResultsError.unknownRun`, `CatalogError`
    public static func json(ofRun id: String, _ reader: CatalogReader) throws -> JSONValue {
        let run = try reader.requiredRun(id)
        let scores = try reader.scores(ofRun: run.number)
        let evaluations = try reader.evaluations(ofRun: run.number)
        let best = try reader.bestCheckpoint(of: run)
        let bestStep = try? best.get().checkpoint.step
        let values = RunJSON.valuesByStep(evaluations)
        return .object([
            "run": RunJSON.full(run, scores: scores, verification: try reader.verification(ofRun: run.number)).adding(best),
            "evaluations": .array(evaluations.map(RunJSON.evaluation)),
            "samples": .array(try reader.samples(ofRun: run.number).map { RunJSON.sample($0, run: id) }),
            "checkpoints": .array(
                try reader.checkpoints(ofRun: run.number).map { RunJSON.checkpoint($0, values: values[$0.step] ?? [:], isBest: $0.step == bestStep) }),
            "attempts": .array(try reader.attempts(ofRun: run.number).map(RunJSON.attempt)),
            "history": .array(try reader.history(ofRun: run.number).map(RunJSON.history)),
        ])
    }
}
