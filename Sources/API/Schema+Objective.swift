import Studies

/// What the API says of objectives.
extension Schema {
    static let direction = Schema.word(["minimise", "maximise"])

    /// What a study or a run optimizes. The metric is a name in `values` of `/metrics`, or one of another version of this program.
    static let objective = Schema.named("Objective", .object(["metric": .string, "direction": direction]))

    /// As a plan names it: a value that its evaluation measures, or an object with it and, to be held against the metric, its direction.
    static let objectiveChoice = Schema.either([
        .word(SpecificationLimits.metricValues), .closed(["metric": .word(SpecificationLimits.metricValues)], optional: ["direction": direction]),
    ])

    /// The checkpoint with the best value of the run's objective.
    static let bestCheckpoint = Schema.object(["step": .count, "digest": .digest, "value": .real])
}
