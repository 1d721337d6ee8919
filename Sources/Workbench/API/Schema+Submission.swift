import Studies

/// What may be submitted. What is left out is filled in; the complete form of each is taken as well.
extension Schema {
    /// A data set by name, or with the digest that is expected.
    private static let datasetChoice = Schema.either([.string, .object(["name": .string], optional: ["digest": .digest])])

    private static let evaluationPlan = Schema.object(
        [:],
        optional: [
            "encoder": .string, "every": .integer(1...SpecificationLimits.steps.upperBound), "metrics": .array(.string),
            "reference_split": .string,
            "samples": .integer(SpecificationLimits.minimumSamples...SpecificationLimits.maximumSamples),
        ])

    private static let schedule: [String: Schema] = [
        "steps": .integer(SpecificationLimits.steps), "batch_size": .integer(SpecificationLimits.batchSize),
        "sample_every": .integer(SpecificationLimits.steps), "checkpoint_every": .integer(SpecificationLimits.steps),
        "evaluation": evaluationPlan, "numerics": .integer(1...1_000_000),
    ]

    private static let seed = Schema.integer(SpecificationLimits.seed)

    /// A run as a person asks for it.
    static let runRequest = Schema.named(
        "RunRequest",
        .object(
            ["model": .string, "dataset": datasetChoice],
            optional: schedule.merging([
                "architecture": .object([:], optional: ["name": .string, "width": .number(SpecificationLimits.width)]),
                "hyperparameters": .hyperparameters, "seed": seed,
            ]) { $1 }))

    /// A plan as a person writes it.
    static let planRequest = Schema.named(
        "PlanRequest",
        .object(
            [
                "name": .string, "dataset": datasetChoice, "models": .array(.string),
                "protocol": .object(
                    ["kind": .word(SearchProtocol.Kind.allCases.map(\.rawValue))],
                    optional: ["settings": .integer(SpecificationLimits.settings), "search_seed": seed, "sampler": .word(SearchSampler.allCases.map(\.rawValue)),
                        "source": .digest, "metric": .string, "selection": .word(RerunOrigin.Selection.allCases.map(\.rawValue))]),
            ],
            optional: schedule.merging([
                "width": .number(SpecificationLimits.width),
                "seeds": .either([.integer(SpecificationLimits.seedsOfPlan), .array(seed)]),
                "grid": .map(.array(.either([.real, .boolean, .string]))), "hyperparameters": .map(.hyperparameters),
            ]) { $1 }))
}
