import Canonical

/// The fields shared by plans and specifications: length of a run and intervals.
struct RunIntervals: Sendable, Hashable {
    var steps: Int
    var batchSize: Int
    var sampleEvery: Int
    var checkpointEvery: Int
    var evaluation: Specification.Evaluation

    /// Reads the fields; omitted ones are derived from the number of steps, the data set, and the models.
    init(_ fields: inout FieldReader, dataset: DatasetFacts, models: [ModelSchema]) throws(FieldError) {
        steps = try fields.optionalInteger("steps", in: SpecificationLimits.steps) ?? 1000
        batchSize = try fields.optionalInteger("batch_size", in: SpecificationLimits.batchSize) ?? 64
        sampleEvery = try fields.optionalInteger("sample_every", in: 1...steps) ?? max(1, steps / 20)
        checkpointEvery = try fields.optionalInteger("checkpoint_every", in: 1...steps) ?? max(1, steps / 4)
        evaluation = try Specification.Evaluation(&fields, steps: steps, dataset: dataset, models: models)
    }

    /// Reads the complete form.
    init(complete fields: inout FieldReader) throws(FieldError) {
        steps = try fields.integer("steps", in: SpecificationLimits.steps)
        batchSize = try fields.integer("batch_size", in: SpecificationLimits.batchSize)
        sampleEvery = try fields.integer("sample_every", in: 1...steps)
        checkpointEvery = try fields.integer("checkpoint_every", in: 1...steps)
        evaluation = try Specification.Evaluation(complete: &fields, steps: steps)
    }
}
