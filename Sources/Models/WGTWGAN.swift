public import Studies
public import Graphs

/// The WGAN of WassersteinGAN.tensorflow: DCGAN networks without biases, RMSProp, weight clipping, and its schedule of critic steps.
/// - Source: Arjovsky et al. 2017, algorithm 1, as in shekkizh/WassersteinGAN.tensorflow. Its 1e5 iterations are 504,480 steps, which count
///   critic updates.
/// - Differs: that code defines no search ranges, so they are ours; of its summaries, losses, gradient norms, and weight norms are recorded, histograms and sparsities are not.
public struct WGTWGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: `learning_rate`, `decay`, and `weight_clipping`.
    public var schema: ModelSchema {
        ModelSchema(
            name: "wgt-wgan", title: "WGAN (WassersteinGAN.tensorflow)", description: "DCGAN networks without biases, RMSProp, clipped critic",
            hyperparameters: [
                .real("learning_rate", in: 1e-7...1, default: 5e-5, wide: .logUniform10(low: -5, high: -3), description: "RMSProp's learning rate, the same for both networks"),
                .real("decay", in: 0...0.9999, default: 0.9, description: "RMSProp's decay of the mean square"),
                .real("weight_clipping", in: 1e-6...100, default: 0.01, wide: .logUniform10(low: -3, high: 0), description: "After each update the critic's variables are clamped to [-c, c]"),
            ], architectures: ["dcgan"])
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let values = configuration.hyperparameters
        let network = DCGANNetwork(images: configuration.images, multiplier: configuration.architecture.width, kernel: 4, hasBiases: false)
        // TensorFlow's RMSProp: epsilon 1e-10 inside the root, mean squares initialized to 1.
        let optimizer = RMSProp(learningRate: Float(values.real("learning_rate")), decay: Float(values.real("decay")), epsilon: 1e-10)
        return try AdversarialProgram(
            network: network, loss: FlippedWassersteinLoss(), batchSize: configuration.batchSize, steps: configuration.steps, rule: .intensive, optimizer: .rmsProp(optimizer),
            weightClipping: Float(values.real("weight_clipping")), freshLatents: true, reportsNorms: true
        ).build()
    }
}

/// The Wasserstein losses with the sign of the critic flipped: low for real images and high for generated ones, as in that code.
///
struct FlippedWassersteinLoss: StatelessLoss {
    /// E f(x) - E f(x_g).
    func discriminatorLoss(real: Tensor, generated: Tensor) -> Tensor { real.mean() - generated.mean() }

    /// E f(x_g).
    func generatorLoss(generated: Tensor) -> Tensor { generated.mean() }
}
