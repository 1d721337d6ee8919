public import Studies

/// A model of the study: what it says about itself, and how its training program is built.
public protocol StudyModel: Sendable {
    var schema: ModelSchema { get }

    /// The field of given examples that the model generates for, of which the name is part of an evaluation's protocol; nil where it generates from latents alone.
    var condition: String? { get }

    /// - Errors: `BatchFieldError` where the data set lacks a field that the model needs; `PlanError` where the graph cannot be planned, which is a mistake in the model.
    func program(_ configuration: ModelConfiguration) throws -> TrainingProgram
}

extension StudyModel {
    public var condition: String? { nil }
}
