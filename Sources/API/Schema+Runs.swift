import Catalog
import Events
import Engine
import Results

extension Schema {
    static let runState = Schema.named("RunState", .word(RunState.allCases.map(\.rawValue)))

    /// How a run ended.
    static let runOutcome = Schema.named("RunOutcome", .word(RunOutcome.ofRuns.map(\.rawValue)))

    /// A value of a metric and the step at which it was measured.
    static let measured = Schema.named("Measured", .object(["value": .nullable(.real), "step": .count]))

    static let hyperparameters = Schema.map(.either([.real, .boolean, .string]))

    /// A complete specification. Runs of earlier numerics versions keep theirs unchanged, so no more is guaranteed about it.
    static let specification = Schema.named("Specification", .map(.any))

    /// A result, identical or different, exists only if both runs ran to their ends. Otherwise it is inconclusive, with the reason, until
    /// either run is resumed. Readers of a share link are told the id of a run that the link shows only.
    static let verification = Schema.named(
        "Verification",
        .object([
            "state": .word(["running", "identical", "different", "inconclusive"]), "original": .nullable(.string), "rerun": .nullable(.string),
            "reason": .nullable(
                .object([
                    "code": .word(["unfinished", "incomplete-record", "nothing-recorded"]), "side": .nullable(.word(["original", "rerun"])),
                    "detail": .string, "message": .string,
                ])),
            "compared": .object(["metrics": .count, "samples": .count, "evaluations": .count, "checkpoints": .count]),
            "first_difference": .nullable(.map(.any)), "final_digests": .array(.nullable(.string)), "finished": .nullable(.time),
        ]))

    /// What a run without a rerun shows instead of a result.
    static let noVerification = Schema.named("NoVerification", .object(["state": .word(["none"]), "rerun": .nullable(.string)]))

    /// One try to execute a run: a job of an executor. Not to be confused with a run's `attempt`, which counts the runs of one specification.
    static let attempt = Schema.named(
        "Attempt",
        .object([
            "number": .count, "executor": .string, "job": .nullable(.string), "node": .nullable(.string), "threads": .count,
            "state": .word(AttemptRecord.State.allCases.map(\.rawValue)), "reason": .string, "submitted": .time, "started": .nullable(.time),
            "ended": .nullable(.time), "provenance": .nullable(.map(.any)),
        ]))

    /// Where an imported run was executed: the identity of that storage, the bundle that brought the run, and who imported it when.
    static let runOrigin = Schema.named("RunOrigin", .object(["storage": .nullable(.string), "bundle": .digest, "imported": .time, "by": .string]))

    static let importReport = Schema.named(
        "ImportReport",
        .object([
            "bundle": .digest, "kind": .word(BundleManifest.Kind.allCases.map(\.rawValue)), "subject": .string, "title": .string, "added": .array(.string), "present": .array(.string),
            "evaluations": .count, "archives": .count, "notebook": .nullable(.string),
        ]))

    static let run = Schema.named(
        "Run",
        .object([
            "id": .string, "study": .nullable(.string), "state": .runState, "outcome": .nullable(.runOutcome), "cancelling": .boolean, "message": .string, "step": .count,
            "steps": .count, "rate": .nullable(.real), "remaining_seconds": .nullable(.real),
            "phase": .nullable(.object(["name": .string, "fraction": .nullable(.real)])), "started": .nullable(.time),
            "finished": .nullable(.time), "heartbeat": .nullable(.time), "threads": .nullable(.count), "kernels": .nullable(.string),
            "host": .nullable(.string), "program": .nullable(.string), "final_digest": .nullable(.string), "restarts": .count,
            "damaged_events": .count, "unknown_events": .count, "best": .map(.measured), "final": .map(.measured), "specification": .specification,
            "specification_digest": .digest, "attempt": .count, "setting": .nullable(.count), "objective": .objective, "model": .string, "dataset": .string,
            "seed": .count, "created": .time, "rerun_of": .nullable(.string), "verification": .nullable(.verification), "origin": .nullable(.runOrigin),
        ], optional: [
            "estimate": .memoryEstimate, "attempts": .array(.attempt), "equal_weights": .array(.string), "best_checkpoint": .nullable(.bestCheckpoint),
            "best_checkpoint_problem": .nullable(.string), "queue": .runInQueue, "labels": .labels, "deletion": .nullable(.deletion),
        ]))

    static let runPage = Schema.named(
        "RunPage", .object(["runs": .array(.run), "total": .count, "next_page_token": .nullable(.string), "cautions": .array(.string)]))

    static let historyEntry = Schema.named("HistoryEntry", .object(["time": .time, "state": .runState, "reason": .string, "actor": .nullable(.string), "scope": .word(HistoryEntry.Scope.allCases.map(\.rawValue))]))

    /// Columns of equal length: the steps, and for each metric its values, null if a value is not finite or missing.
    static let metricTable = Schema.named(
        "MetricTable",
        .object([
            "step": .array(.count), "series": .map(.array(.nullable(.real))), "points": .count, "shown": .count,
        ]))

    static let evaluation = Schema.named(
        "Evaluation",
        .object([
            "step": .count, "metric": .string, "value": .nullable(.real), "protocol": .string, "encoder": .string,
            "encoder_digest": .string, "samples": .count, "reference_split": .string, "problem": .nullable(.string), "primary": .boolean,
            "evaluation_job": .nullable(.string),
        ]))

    static let evaluationProtocol = Schema.named(
        "EvaluationProtocol",
        .object([
            "digest": .string, "metrics": .array(.string), "encoder": .string, "encoder_digest": .string, "protocol": .nullable(.map(.any)),
        ]))

    static let sampleGrid = Schema.named(
        "SampleGrid",
        .object([
            "step": .count, "digest": .string, "rows": .count, "columns": .count, "width": .count, "height": .count,
            "channels": .count, "url": .string,
        ]))

    private static let checkpointFields: [String: Schema] = [
        "step": .count, "digest": .digest, "bytes": .count, "final": .boolean, "created": .time, "metrics": .map(.nullable(.real)),
        "url": .string,
    ]

    /// Of events: only lists know whether it is the run's best by its objective.
    private static let isBest: [String: Schema] = ["best": .boolean, "deleted": .boolean]

    static let checkpoint = Schema.named("Checkpoint", .object(checkpointFields, optional: isBest))

    static let checkpointPage = Schema.named(
        "CheckpointPage",
        .object([
            "checkpoints": .array(
                .named(
                    "ListedCheckpoint",
                    .object(
                        checkpointFields.merging([
                            "run": .string, "model": .string, "dataset": .string, "study": .nullable(.string), "seed": .count,
                        ]) { $1 }, optional: isBest))), "total": .count, "next_page_token": .nullable(.string),
        ]))

    static let rerunRequest = Schema.named(
        "RerunRequest", .closed([:], optional: ["threads": .integer(1...256), "kernels": .word(KernelSet.available.map(\.rawValue))]))
}
