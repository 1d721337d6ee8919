import Catalog
import Events
import Results
import Studies

extension Schema {
    static let study = Schema.named(
        "Study",
        .object([
            "id": .string, "digest": .digest, "name": .string, "state": .word(["queued", "running", "done", "cancelled"]),
            "created": .time, "finished": .nullable(.time), "plan": .map(.any), "objective": .objective, "runs": .runCounts, "outcomes": .outcomeCounts, "progress": .number(0...1),
            "rate": .nullable(.real), "remaining_seconds": .nullable(.real), "notes": .array(.string),
        ], optional: [
            "estimate": .memoryEstimate, "queue": .studyInQueue, "remaining_range": .nullable(.timeRange), "added": .count, "labels": .labels, "deletion": .nullable(.deletion),
            "plans": .array(.object(["digest": .digest, "time": .time, "actor": .nullable(.string), "reason": .string])),
        ]))

    static let studyPage = Schema.named(
        "StudyPage", .object(["studies": .array(.study), "total": .count, "next_page_token": .nullable(.string)]))

    static let runCounts = Schema.named(
        "RunCounts",
        .object(RunState.allCases.reduce(into: ["total": .count]) { $0[$1.rawValue] = .count }))

    /// The number of ended runs by outcome.
    static let outcomeCounts = Schema.named("OutcomeCounts", .object(RunOutcome.ofRuns.reduce(into: [:]) { $0[$1.rawValue] = .count }))

    /// What the response to a submission adds: the memory that a worker is expected to need, and the available memory.
    static let memoryEstimate = Schema.object(["memory_bytes": .nullable(.count), "memory_limit_bytes": .nullable(.count)])

    static let studyPreview = Schema.named(
        "StudyPreview",
        .object([
            "runs": .count, "steps": .count, "id": .string, "digest": .digest, "exists": .boolean,
            "estimate": .object(["seconds": .nullable(.real), "range": .nullable(.timeRange), "disk_bytes": .real, "memory_bytes": .nullable(.count), "memory_limit_bytes": .nullable(.count)]),
            "plan": .map(.any), "notes": .array(.string),
        ]))

    /// What the values of a metric mean; values with different meanings must not be compared.
    static let meaning = Schema.named(
        "MetricMeaning",
        .object([
            "digest": .string, "encoder": .string, "encoder_digest": .string, "samples": .count, "reference_split": .string,
        ]))

    static let studyResults = Schema.named(
        "StudyResults",
        .object([
            "study": .string, "metric": .string, "direction": .word(["minimise", "maximise"]), "protocol": .nullable(.meaning),
            "protocols": .array(.meaning),
            "models": .array(
                .object([
                    "model": .string, "title": .string,
                    "runs": .array(
                        .object([
                            "run": .string, "setting": .nullable(.count), "seed": .count, "state": .runState,
                            "outcome": .nullable(.runOutcome), "problem": .nullable(.string),
                            "best": .nullable(.measured), "final": .nullable(.measured), "hyperparameters": .hyperparameters,
                        ])),
                ])),
        ]))

    static let distributionFigure = Schema.named(
        "DistributionFigure",
        .object([
            "title": .string, "metric": .string, "direction": .word(["minimise", "maximise"]),
            "scale": .word(["linear", "logarithmic"]), "selection": .string, "protocol": .nullable(.meaning),
            "interval_method": .nullable(.string), "models": .array(.distribution),
        ]))

    private static let distribution = Schema.object([
        "model": .string, "title": .string, "n": .count, "failures": .count,
        "box": .nullable(
            .object([
                "minimum": .nullable(.real), "lower_quartile": .nullable(.real), "median": .nullable(.real),
                "upper_quartile": .nullable(.real), "maximum": .nullable(.real),
            ])),
        "interval": .nullable(.array(.nullable(.real))),
        "runs": .array(
            .object([
                "run": .string, "setting": .count, "seed": .count, "state": .runState, "collapsed": .boolean, "outcome": .nullable(.runOutcome), "problem": .nullable(.string), "value": .nullable(.real),
                "step": .nullable(.count),
            ])),
    ])
}

/// Schemas of comparisons and named plans.
extension Schema {
    static let comparison = Schema.named(
        "Comparison",
        .object([
            "metric": .string, "objective": .objective, "direction": .word(["minimise", "maximise"]), "selection": .word(ComparisonQuery.Selection.allCases.map(\.rawValue)),
            "mixed": .boolean, "differences": .array(.string), "measured": .array(.string), "protocols": .array(.meaning), "figures": .array(.object(["name": .string, "title": .string])),
            "groups": .array(
                .object([
                    "study": .nullable(.string), "study_name": .string, "model": .string, "title": .string, "runs": .count, "ended": .count, "failures": .count,
                    "unmeasured": .count, "collapsed": .count,
                ])),
        ]))

    static let namedPlan = Schema.named("NamedPlan", .object(["name": .string, "title": .string, "description": .string, "ending": .string]))
}
