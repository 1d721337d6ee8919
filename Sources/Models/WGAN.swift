public import Studies
public import Graphs

/// Wasserstein GAN: a critic with clipped weights estimates the earth mover's distance.
/// - Source: Arjovsky et al. 2017, algorithm 1; Lucic et al. 2018, table 1.
/// - Differs: Adam, as in the study's released code, instead of the paper's RMSProp (`optimizer`); as in that code, every trainable variable of the critic is clipped,
///   including biases and batch normalization (`clipped` "weights" excludes them); update first, then clip.
public struct WGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones, `weight_clipping`, `clipped`, and `optimizer`.
    public var schema: ModelSchema {
        let further: [HyperparameterSchema] = [
            .real(
                "weight_clipping", in: 1e-6...100, default: 0.01, wide: .logUniform10(low: -3, high: 0), narrow: .logUniform10(low: -2, high: 0),
                description: "After each update the critic's variables are clamped to [-c, c]"),
            .text(
                "clipped", among: ["all", "weights"], default: "all",
                description: "What is clamped: all variables of the critic, as in the study, or all except biases and batch normalization"),
            .text(
                "optimizer", among: ["adam", "rmsprop"], default: "adam",
                description: "Adam, as in the study, or RMSProp, as in the paper (decay 0.9; beta1 then has no effect)"),
        ]
        return ModelSchema(
            name: "wgan", title: "WGAN", description: "Wasserstein GAN with weight clipping (Arjovsky et al. 2017)",
            hyperparameters: SharedHyperparameters.list(learningRate: 5e-5, beta1: 0.5, discriminatorIterations: 5, batchNormalization: true).map {
                $0.name == "beta1" ? $0.effective(.with("optimizer", .text("adam"))) : $0
            } + further,
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        var program = AdversarialProgram(configuration, loss: WassersteinLoss())
        let values = configuration.hyperparameters
        program.weightClipping = Float(values.real("weight_clipping"))
        program.clipsOnlyWeights = values.text("clipped") == "weights"
        if values.text("optimizer") == "rmsprop" { program.optimizer = .rmsProp(RMSProp(learningRate: Float(values.real("learning_rate")))) }
        return try program.build()
    }
}

/// The losses of the Wasserstein GAN; the critic loss is minimized. - Source: Arjovsky et al. 2017, algorithm 1, lines 5 and 10.
struct WassersteinLoss: StatelessLoss {
    /// -E a(x) + E a(x_g).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { generated.mean() - real.mean() }

    /// -E a(x_g).
    func generatorLoss(generated: Tensor) -> Tensor { -generated.mean() }
}
