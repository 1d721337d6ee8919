public import Studies
public import Graphs

/// The minimax GAN: the generator minimises what the discriminator maximises, log(1 - D(G(z))).
/// - Source: Goodfellow et al. 2014, equation 1 and algorithm 1; Lucic et al. 2018, table 1 (MM GAN) and its authors' settings.
public struct MMGAN: StudyModel {
    public init() {}

    public var schema: ModelSchema {
        ModelSchema(
            name: "mm-gan", title: "MM GAN", description: "Minimax GAN (Goodfellow et al. 2014)",
            hyperparameters: SharedHyperparameters.list(learningRate: 5e-5, beta1: 0, discriminatorIterations: 1, batchNormalization: true),
            architectures: StudyArchitecture.all)
    }

    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        try AdversarialProgram(configuration, loss: MinimaxLoss()).build()
    }
}

/// The minimax losses. - Source: Goodfellow et al. 2014, equation 1.
struct MinimaxLoss: StatelessLoss {
    /// -E log D(x) - E log(1 - D(x_g)).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { NonSaturatingLoss().discriminatorLoss(real: real, generated: generated) }

    /// E log(1 - D(x_g)): what the discriminator's loss says of generated images, with the other sign.
    func generatorLoss(generated: Tensor) -> Tensor { -generated.softplus().mean() }
}
