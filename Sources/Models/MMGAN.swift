public import Studies
public import Graphs

/// Minimax GAN: the generator minimizes log(1 - D(G(z))), which the discriminator maximizes.
/// - Source: Goodfellow et al. 2014, equation 1 and algorithm 1; Lucic et al. 2018, table 1 (MM GAN) and its authors' settings.
public struct MMGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones.
    public var schema: ModelSchema {
        ModelSchema(
            name: "mm-gan", title: "MM GAN", description: "Minimax GAN (Goodfellow et al. 2014)",
            hyperparameters: SharedHyperparameters.list(learningRate: 5e-5, beta1: 0, discriminatorIterations: 1, batchNormalization: true),
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        try AdversarialProgram(configuration, loss: MinimaxLoss()).build()
    }
}

/// The minimax losses. - Source: Goodfellow et al. 2014, equation 1.
struct MinimaxLoss: StatelessLoss {
    /// -E log D(x) - E log(1 - D(x_g)).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { NonSaturatingLoss().discriminatorLoss(real: real, generated: generated) }

    /// E log(1 - D(x_g)), the negative of the discriminator's loss on generated images.
    func generatorLoss(generated: Tensor) -> Tensor { -generated.softplus().mean() }
}
