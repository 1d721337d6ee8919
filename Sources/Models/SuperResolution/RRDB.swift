import Graphs
public import Studies

/// RRDB: the generator of ESRGAN trained with the mean absolute error, the deterministic rival of SRFlow: one image for each low resolution.
/// - Source: Wang et al. 2018, section 3.1; the recipe is that of the released configurations of SRFlow
/// - Differs: `RRDBNetwork` says how initial weights do.
public struct RRDB: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters of the network and of Adam.
    public var schema: ModelSchema {
        ModelSchema(
            name: "rrdb", title: "RRDB", description: "Residual-in-residual dense blocks for super-resolution with an absolute error (Wang et al. 2018)",
            hyperparameters: [
                RRDBHyperparameters.rate("learning_rate"),
                .real("beta1", in: SharedHyperparameters.momentDecay, default: 0.9, description: "Adam's decay of the first moment"),
                .real("beta2", in: SharedHyperparameters.momentDecay, default: 0.99, description: "Adam's decay of the second moment; 0.99 as in the released configurations"),
            ] + RRDBHyperparameters.network(features: 16, growth: 8, blocks: 3), architectures: [SRFlow.architecture],
            condition: ModelSchema.lowResolution)
    }

    /// Builds the training program.
    /// - Errors: `BatchFieldError` if the data set has no low resolution; `ModelShapeError` if its scale is not supported; `PlanError` if the graph cannot be
    ///   compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws -> TrainingProgram {
        let values = configuration.hyperparameters, pair = try ResolutionPair(configuration)
        let adam = Adam(beta1: Float(values.real("beta1")), beta2: Float(values.real("beta2")))
        let training = AbsoluteErrorTraining(
            network: RRDBHyperparameters.network(configuration), pair: pair, batchSize: configuration.batchSize, adam: adam)
        let (phase, entries) = try training.phase("training", prefix: "generator", rate: "rate")
        let group = UpdateGroup("generator", phases: [phase.name])
        return TrainingProgram(
            batchSize: configuration.batchSize, steps: configuration.steps, fields: pair.fields, parameters: entries, phases: [phase], rule: .single,
            updateGroups: [group],
            scalarInputs: [.adamRate("rate", adam, learningRate: RRDBHyperparameters.periods(values.real("learning_rate")), group: group.name)],
            metrics: [AbsoluteErrorTraining.metric], generation: try training.generation(prefix: "generator"))
    }
}
