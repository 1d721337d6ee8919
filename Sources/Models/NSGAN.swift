public import Studies
public import Graphs

/// Non-saturating GAN: the generator maximizes log D(G(z)) instead of minimizing log(1 - D(G(z))).
/// - Source: Goodfellow et al. 2014; Lucic et al. 2018, table 1 (NS GAN) and its authors' settings.
public struct NSGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones.
    public var schema: ModelSchema {
        ModelSchema(
            name: "ns-gan", title: "NS GAN", description: "Non-saturating GAN (Goodfellow et al. 2014)",
            hyperparameters: SharedHyperparameters.list(learningRate: 5e-5, beta1: 0, discriminatorIterations: 1, batchNormalization: true),
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        try AdversarialProgram(configuration, loss: NonSaturatingLoss()).build()
    }
}

/// The non-saturating losses with D = sigmoid(a), written with softplus: -log D = softplus(-a), -log(1 - D) = softplus(a).
/// - Source: Goodfellow et al. 2014, equation 1 and the end of section 3.
struct NonSaturatingLoss: StatelessLoss {
    /// -E log D(x) - E log(1 - D(x_g)).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { (-real).softplus().mean() + generated.softplus().mean() }

    /// -E log D(x_g).
    func generatorLoss(generated: Tensor) -> Tensor { (-generated).softplus().mean() }
}
