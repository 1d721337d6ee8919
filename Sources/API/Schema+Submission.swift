import Canonical
import Execution
import Studies

/// Schemas of submissions. Defaults are filled in; the complete form is accepted as well.
///
/// Rules between fields (an interval longer than the run, a hyperparameter that the model does not have, a metric that the
/// data set does not support) are beyond these schemas: violating one gives 422 with the field's name.
extension Schema {
    /// A data set by name, or with its expected digest.
    private static func datasetChoice(_ name: Schema) -> Schema { .either([name, .closed(["name": name], optional: ["digest": .digest])]) }

    private static func schedule(encoder: Schema, split: Schema) -> [String: Schema] {
        let evaluation = Schema.closed(
            [:],
            optional: measuring(encoder: encoder, split: split).merging(["every": .integer(1...SpecificationLimits.steps.upperBound)]) { $1 })
        return [
            "steps": .integer(SpecificationLimits.steps), "batch_size": .integer(SpecificationLimits.batchSize),
            "sample_every": .integer(SpecificationLimits.steps), "checkpoint_every": .integer(SpecificationLimits.steps),
            "evaluation": evaluation, "numerics": .integer(Version.numerics...Version.numerics),
        ]
    }

    /// What is measured, and how.
    private static func measuring(encoder: Schema, split: Schema) -> [String: Schema] {
        [
            "encoder": encoder, "metrics": .list(.word(SpecificationLimits.metrics), 1...16, distinct: true), "options": metricOptions,
            "reference_split": split, "samples": .integer(SpecificationLimits.minimumPictures...SpecificationLimits.maximumSamples),
        ]
    }

    /// An evaluation of checkpoints: of a run or of all runs of a study. Exactly one of the two is given.
    static let evaluationRequest = Schema.named(
        "EvaluationRequest",
        .either([.closed(["run": .runID], optional: evaluationChoices), .closed(["study": .studyID], optional: evaluationChoices)]))

    private static let evaluationChoices: [String: Schema] = [
        "step": .either([.count, .word(CheckpointChoice.words)]), "threads": .integer(1...256),
        "evaluation": .closed([:], optional: measuring(encoder: .encoderName, split: .splitName)),
    ]

    /// An evaluation as a job that was queued: it may name what is not here any more.
    static let evaluationJob = Schema.named(
        "EvaluationJob",
        .object([
            "id": .string, "run": .string, "study": .nullable(.string), "step": .count, "checkpoint": .digest,
            "evaluation": .closed([:], optional: measuring(encoder: .string, split: .string)), "state": .runState, "outcome": .nullable(.runOutcome),
            "message": .string, "cancelling": .boolean, "images": .count, "images_total": .nullable(.count), "rate": .nullable(.real),
            "remaining_seconds": .nullable(.real), "phase": .nullable(.object(["name": .string, "fraction": .nullable(.real)])),
            "threads": .nullable(.count), "kernels": .nullable(.string), "program": .nullable(.string), "restarts": .count, "created": .time,
            "started": .nullable(.time), "finished": .nullable(.time),
        ], optional: ["values": .array(.evaluation), "attempts": .array(.attempt)]))

    /// A page of evaluations.
    static let evaluationList = Schema.named("EvaluationList", .object(["evaluations": .array(.evaluationJob), "next_page_token": .nullable(.string)]))

    /// The evaluations that stand for a request, and the runs of a study that have no checkpoint to evaluate: how many, the first 200 of each, and where
    /// the evaluations of a study are listed in full.
    static let evaluationsQueued = Schema.named(
        "EvaluationsQueued",
        .object([
            "evaluations": .array(.evaluationJob), "total": .count, "queued": .count,
            "skipped": .array(.object(["run": .string, "reason": .string])), "skipped_total": .count, "list": .nullable(.string),
        ]))

    /// Options by metric.
    private static let metricOptions = Schema.closed(
        [:],
        optional: Dictionary(
            uniqueKeysWithValues: MetricChoice.all.map { choice in
                (choice.name, Schema.closed([:], optional: Dictionary(uniqueKeysWithValues: choice.options.map { ($0.name, Schema.value(of: $0)) })))
            }))

    private static let seed = Schema.integer(SpecificationLimits.seed)

    /// A run as a user specifies it.
    static let runRequest = Schema.named(
        "RunRequest",
        .closed(
            ["model": .modelName, "dataset": datasetChoice(.datasetName)],
            optional: schedule(encoder: .encoderName, split: .splitName).merging([
                "architecture": .closed([:], optional: ["name": .architectureName, "width": .number(SpecificationLimits.width)]),
                "hyperparameters": .hyperparameterChoices, "seed": seed,
            ]) { $1 }))

    private static let searchProtocol = Schema.closed(
        ["kind": .word(SearchProtocol.Kind.allCases.map(\.rawValue))],
        optional: [
            "settings": .integer(SpecificationLimits.settings), "search_seed": seed, "sampler": .word(SearchSampler.allCases.map(\.rawValue)),
            "source": .digest, "metric": .word(SpecificationLimits.metricValues), "selection": .word(RerunOrigin.Selection.allCases.map(\.rawValue)),
        ])

    private static let planFields: [String: Schema] = [
        "width": .number(SpecificationLimits.width), "objective": .objectiveChoice,
        "seeds": .either([.integer(SpecificationLimits.seedsOfPlan), .list(seed, SpecificationLimits.seedsOfPlan, distinct: true)]),
    ]

    /// A plan as a user specifies it.
    static let planRequest = Schema.named(
        "PlanRequest",
        .closed(
            [
                "name": .title(200), "dataset": datasetChoice(.datasetName), "models": .list(.modelName, 1...64, distinct: true),
                "protocol": searchProtocol,
            ],
            optional: schedule(encoder: .encoderName, split: .splitName).merging(planFields) { $1 }.merging([
                "grid": .gridChoices, "hyperparameters": .map(.hyperparameterChoices),
            ]) { $1 }))

    /// What is added to a study.
    static let extensionRequest = Schema.named(
        "ExtensionRequest",
        .closed(
            [:], optional: [
                "add_seeds": .integer(SpecificationLimits.seedsOfPlan), "add_settings": .integer(SpecificationLimits.settings), "add_models": .list(.modelName, 1...64, distinct: true),
                "reason": reason, "preview": .boolean,
            ]))

    /// A plan that this server wrote: it may name what is not present here.
    static let writtenPlan = Schema.named(
        "Plan",
        .object(
            ["name": .string, "dataset": datasetChoice(.string), "models": .array(.string), "protocol": searchProtocol],
            optional: schedule(encoder: .string, split: .string).merging(planFields) { $1 }.merging([
                "grid": .map(.array(.any)), "hyperparameters": .map(.hyperparameters),
            ]) { $1 }))
}
