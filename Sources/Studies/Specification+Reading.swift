public import Canonical

extension Specification {
    /// Reads a specification in user form and fills in omitted fields.
    ///
    /// - Errors: `FieldError` for the first field that is unknown, missing, of a wrong kind, or out of range.
    public init(reading json: JSONValue, models: [ModelSchema], datasets: [DatasetFacts]) throws(FieldError) {
        var fields = try FieldReader(json)
        let schema = try fields.model("model", among: models)
        let reference = try DatasetReference(&fields, among: datasets)
        let facts = datasets.first { $0.name == reference.name }!
        let schedule = try RunIntervals(&fields, dataset: facts, models: [schema])
        let architecture = try Architecture(&fields, model: schema, dataset: facts, complete: false)
        let given = fields.optionalValue("hyperparameters") ?? [:]
        let hyperparameters = try schema.hyperparameters(reading: given)
        // A complete specification is the record of a run, for example of a search draw, which also contains values without effect.
        if !Self.isComplete(json) {
            try schema.checkEffects(of: (given.objectValue ?? [:]).keys.sorted(), in: hyperparameters, dataset: facts) { "hyperparameters.\($0)" }
        }
        self.init(
            schema: schema, dataset: reference, architecture: architecture, hyperparameters: hyperparameters, schedule: schedule,
            seed: try fields.optionalInteger("seed", in: SpecificationLimits.seed) ?? 0)
        try fields.numerics(required: false)
        try fields.finish()
    }

    private static let fields: Set<String> = [
        "model", "dataset", "architecture", "hyperparameters", "batch_size", "steps", "sample_every", "checkpoint_every", "evaluation", "seed", "numerics",
    ]

    /// Whether a document has every field of a complete specification.
    private static func isComplete(_ json: JSONValue) -> Bool { fields.isSubset(of: json.objectValue?.keys.map(\.self) ?? []) }

    /// Reads a complete specification, as stored by a server or given to a worker.
    ///
    /// It does not need the data set, so it cannot check the digest or the split sizes.
    /// - Errors: `FieldError` as above, and for every missing field.
    public init(canonical json: JSONValue, models: [ModelSchema]) throws(FieldError) {
        var fields = try FieldReader(json)
        let schema = try fields.model("model", among: models)
        let reference = try DatasetReference(complete: &fields)
        let schedule = try RunIntervals(complete: &fields)
        self.init(
            schema: schema, dataset: reference,
            architecture: try Architecture(&fields, model: schema, dataset: nil, complete: true),
            hyperparameters: try schema.hyperparameters(reading: try fields.value("hyperparameters"), complete: true),
            schedule: schedule,
            seed: try fields.integer("seed", in: SpecificationLimits.seed))
        try fields.numerics(required: true)
        try fields.finish()
    }

    init(
        schema: ModelSchema, dataset: DatasetReference, architecture: Architecture, hyperparameters: Hyperparameters,
        schedule: RunIntervals, seed: Int
    ) {
        self.init(
            model: schema.name, dataset: dataset, architecture: architecture, hyperparameters: hyperparameters,
            batchSize: schedule.batchSize, steps: schedule.steps, sampleEvery: schedule.sampleEvery,
            checkpointEvery: schedule.checkpointEvery, evaluation: schedule.evaluation, seed: seed)
    }
}
