public import Studies
public import Graphs

/// Least squares GAN: targets 1 for real and 0 for generated images, and 1 for the generator.
/// - Source: Mao et al. 2017, equation 9 (a = 0, b = c = 1); Lucic et al. 2018, table 1 and its authors' settings.
/// - Differs: as in the study's released code, the squares are of D = sigmoid(a); `output` "linear" uses the unbounded a of the paper.
public struct LSGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: the shared ones and `output`.
    public var schema: ModelSchema {
        let output = HyperparameterSchema.text(
            "output", among: ["sigmoid", "linear"], default: "sigmoid",
            description: "What is squared: sigmoid(a), as in the study's released code, or a, as in the paper")
        return ModelSchema(
            name: "lsgan", title: "LSGAN", description: "Least squares GAN (Mao et al. 2017)",
            hyperparameters: SharedHyperparameters.list(learningRate: 2e-4, beta1: 0.5, discriminatorIterations: 1, batchNormalization: true) + [output],
            architectures: StudyArchitecture.all)
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let isLinear = configuration.hyperparameters.text("output") == "linear"
        return try AdversarialProgram(configuration, loss: LeastSquaresLoss(isLinear: isLinear)).build()
    }
}

/// The least squares losses. - Source: Mao et al. 2017, equation 9.
struct LeastSquaresLoss: StatelessLoss {
    var isLinear: Bool

    private func output(_ logits: Tensor) -> Tensor { isLinear ? logits : logits.sigmoid() }

    /// (E (D(x) - 1)^2 + E D(x_g)^2) / 2.
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor {
        ((output(real) - 1).squared().mean() + output(generated).squared().mean()) * 0.5
    }

    /// E (D(x_g) - 1)^2 / 2.
    func generatorLoss(generated: Tensor) -> Tensor { (output(generated) - 1).squared().mean() * 0.5 }
}
