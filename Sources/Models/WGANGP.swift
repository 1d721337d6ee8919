public import Studies
public import Graphs

/// Wasserstein GAN with a gradient penalty instead of weight clipping.
/// - Source: Gulrajani et al. 2017, algorithm 1; Lucic et al. 2018, table 1 and its authors' settings.
/// - Differs: as in the study's released code, Adam's beta2 is 0.999, and its learning rate and beta1 are those of the study.
public struct WGANGP: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones and `lambda`.
    public var schema: ModelSchema {
        let weight = HyperparameterSchema.real(
            "lambda", in: 0...10_000, default: 10, wide: .logUniform10(low: -1, high: 2), narrow: .logUniform10(low: -1, high: 1),
            description: "Weight of the gradient penalty")
        return ModelSchema(
            name: "wgan-gp", title: "WGAN-GP", description: "Wasserstein GAN with gradient penalty (Gulrajani et al. 2017)",
            hyperparameters: SharedHyperparameters.list(
                learningRate: 1e-4, beta1: 0.5, discriminatorIterations: 5, batchNormalization: false, narrowNormalization: .fixed(.bool(false)))
                + [weight],
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        var program = AdversarialProgram(configuration, loss: WassersteinLoss())
        program.penalty = InterpolationPenalty(weight: Float(configuration.hyperparameters.real("lambda")))
        program.freshLatents = true
        return try program.build()
    }
}

/// The penalty on the gradient of the logit between real and generated images: x_hat = x + alpha (x_g - x), alpha ~ U[0, 1) per image.
/// - Source: Gulrajani et al. 2017, section 4 and algorithm 1, lines 4 to 7.
struct InterpolationPenalty: GradientPenalty {
    var weight: Float

    func value(real: Tensor, generated: Tensor, discriminator: (Tensor) -> Tensor) -> Tensor {
        let points = real + mixing(real) * (generated - real)
        return penalty(outputs: discriminator(points), points: points)
    }
}
