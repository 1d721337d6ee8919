public import Studies
public import Graphs

/// A model of the study: what it says about itself, and how its training program is built.
public protocol StudyModel: Sendable {
    var schema: ModelSchema { get }

    /// - Errors: `PlanError` where the graph cannot be planned, which is a mistake in the model.
    func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram
}
