import Numerics
public import Studies
public import Graphs

/// Non-saturating GAN with a penalty that keeps the norm of the discriminator's gradient near 1 around real images.
/// - Source: Kodali et al. 2017, section 2.3; Lucic et al. 2018, table 1 and its authors' settings.
/// - Differs: as in the study's released code, the penalty applies to the gradient of sigmoid(a), and the noise is one-sided. `penalty` "logit" is the
///   variant of a later version of that code.
public struct DRAGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones, `lambda`, and `penalty`.
    public var schema: ModelSchema {
        let weight = HyperparameterSchema.real(
            "lambda", in: 0...10_000, default: 10, wide: .logUniform10(low: -1, high: 2), narrow: .logUniform10(low: -1, high: 1),
            description: "Weight of the gradient penalty")
        let penalty = HyperparameterSchema.text(
            "penalty", among: ["sigmoid", "logit"], default: "sigmoid",
            description: "Gradient of sigmoid(a) near images with one-sided noise, as in the study, or of the logit a at images with two-sided noise, as in later code of the study")
        return ModelSchema(
            name: "dragan", title: "DRAGAN", description: "GAN with a gradient penalty around real images (Kodali et al. 2017)",
            hyperparameters: SharedHyperparameters.list(
                learningRate: 1e-4, beta1: 0.5, discriminatorIterations: 1, batchNormalization: true, narrowNormalization: .fixed(.bool(false)))
                + [weight, penalty],
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let values = configuration.hyperparameters
        var program = AdversarialProgram(configuration, loss: NonSaturatingLoss())
        let weight = Float(values.real("lambda"))
        program.penalty =
            values.text("penalty") == "logit"
            ? CenteredPerturbationPenalty(weight: weight, clipsToUnit: program.network.range == .unit) : PerturbationPenalty(weight: weight)
        return try program.build()
    }
}

/// x_p = x + 0.5 s u with u ~ U[0, 1) per element and s the standard deviation of the whole batch; the penalty is on the gradient of sigmoid(a) at
/// x_hat = x + alpha (x_p - x), alpha ~ U[0, 1) per image.
struct PerturbationPenalty: GradientPenalty {
    var weight: Float

    func value(real: Tensor, generated: Tensor, discriminator: (Tensor) -> Tensor) -> Tensor {
        let perturbed = real + real.standardDeviation() * 0.5 * perturbation(real)
        let points = real + mixing(real) * (perturbed - real)
        return penalty(outputs: discriminator(points).sigmoid(), points: points)
    }
}

/// x_hat = x + s (u - 0.5), clipped to [0, 1] if images are; the penalty is on the gradient of the logit a.
/// - Source: the later version of the study's code.
struct CenteredPerturbationPenalty: GradientPenalty {
    var weight: Float
    var clipsToUnit: Bool

    func value(real: Tensor, generated: Tensor, discriminator: (Tensor) -> Tensor) -> Tensor {
        let moved = real + real.standardDeviation() * (perturbation(real) - 0.5)
        let points = clipsToUnit ? moved.clamped(low: 0, high: 1) : moved
        return penalty(outputs: discriminator(points), points: points)
    }
}

extension GradientPenalty {
    /// Uniform random numbers in [0, 1), one per element.
    fileprivate func perturbation(_ images: Tensor) -> Tensor {
        images.graph.random(RandomSource(stream: "penalty/perturbation", distribution: .uniform(low: 0, high: 1)), images.shape)
    }
}

extension Tensor {
    /// Standard deviation over all elements, with divisor n. - Shapes: any -> scalar
    fileprivate func standardDeviation() -> Tensor { (self - mean()).squared().mean().squareRoot() }
}
