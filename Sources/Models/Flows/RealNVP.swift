public import Graphs
public import Studies

/// RealNVP for points in the plane: affine couplings that transform one coordinate given the other, with ActNorm and a learned linear map in between.
/// - Source: Dinh et al. 2017
/// - Differs: ActNorm (Kingma and Dhariwal 2018) in place of batch normalization, whose statistics would make the density of a point depend on its batch; an invertible 1x1
///   convolution in place of a fixed exchange of coordinates (`convolution`); fully connected networks; no weight decay.
public struct RealNVP: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: those of flows and `couplings`.
    public var schema: ModelSchema {
        ModelSchema(
            name: "realnvp", title: "RealNVP", description: "Normalizing flow of affine couplings for points (Dinh et al. 2017)",
            hyperparameters: FlowHyperparameters.list(warmUp: 100, temperature: 1) + [
                .integer("couplings", in: 1...64, default: 12, description: "Number of affine couplings, each with ActNorm and a linear map before it")
            ],
            architectures: [ModelSchema.pointArchitecture], hasLikelihood: true)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        try FlowHyperparameters.program(Self.flow(configuration), configuration)
    }

    static func flow(_ configuration: ModelConfiguration) -> MultiScaleFlow {
        let values = configuration.hyperparameters, form = FlowHyperparameters.convolution(values)
        let network = DenseCouplingNetwork(hidden: Swift.max(1, Int((128 * configuration.architecture.width).rounded())))
        let layers: [any FlowLayer] = (1...values.integer("couplings")).flatMap { index -> [any FlowLayer] in
            [
                ActNorm(name: "step\(index)/actnorm"), InvertibleConvolution(name: "step\(index)/convolution", form: form),
                AffineCoupling(name: "step\(index)/coupling", network: network, scale: .boundedExponential, isReversed: index % 2 == 0),
            ]
        }
        // A last ActNorm fits the mean and deviation of each latent.
        let sequence = FlowSequence(layers + [ActNorm(name: "actnorm")])
        return MultiScaleFlow(levels: [.init(layers: sequence, split: nil, shape: configuration.images)], images: configuration.images)
    }
}
