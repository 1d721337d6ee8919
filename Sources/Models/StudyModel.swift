public import Studies

/// A model: its schema and its training program.
public protocol StudyModel: Sendable {
    /// Name, hyperparameters with search ranges, and architectures.
    var schema: ModelSchema { get }

    /// The field of given examples on which generation is conditioned; its name is part of the evaluation protocol. Nil if the model generates from latents alone.
    var condition: String? { get }

    /// Builds the training program.
    /// - Errors: `BatchFieldError` if the data set lacks a field that the model needs; `PlanError` if the graph cannot be compiled, which is a programming error in the model
    func program(_ configuration: ModelConfiguration) throws -> TrainingProgram
}

extension StudyModel {
    /// By default, unconditional.
    public var condition: String? { nil }
}
