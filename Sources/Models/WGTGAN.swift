public import Studies
public import Graphs

/// The baseline GAN of WassersteinGAN.tensorflow: 5x5 kernels, biases, non-saturating losses, feature matching, Adam.
/// - Source: Radford et al. 2016; Salimans et al. 2016, section 3.1; as in shekkizh/WassersteinGAN.tensorflow. Its iterations correspond to steps.
/// - Differs: that code defines no search ranges, so they are ours; the generator's update matches the features of the step's own real images, where that code uses the next batch.
public struct WGTGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters: `learning_rate`, `beta1`, and `feature_matching`.
    public var schema: ModelSchema {
        ModelSchema(
            name: "wgt-gan", title: "GAN (WassersteinGAN.tensorflow)", description: "DCGAN networks, feature matching, Adam",
            hyperparameters: [
                .real("learning_rate", in: 1e-7...1, default: 2e-4, wide: .logUniform10(low: -5, high: -2), description: "Adam's learning rate, the same for both networks"),
                .real("beta1", in: SharedHyperparameters.momentDecay, stored: 0...1, default: 0.5, wide: .uniform(low: 0, high: 1), description: "Adam's decay of the first moment"),
                .real("feature_matching", in: 0...100, default: 0.1, description: "Weight of the feature matching term in the generator's loss"),
            ], architectures: ["dcgan"])
    }

    /// Builds the training program.
    /// - Errors: `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws(PlanError) -> TrainingProgram {
        let values = configuration.hyperparameters
        let network = DCGANNetwork(images: configuration.images, multiplier: configuration.architecture.width, kernel: 5, hasBiases: true)
        return try AdversarialProgram(
            network: network, loss: NonSaturatingLoss(), batchSize: configuration.batchSize, steps: configuration.steps, rule: .alternating(every: 1),
            optimizer: SharedHyperparameters.adam(values),
            featureMatching: LastFeatures(network: network, weight: Float(values.real("feature_matching"))), reportsNorms: true
        ).build()
    }
}

/// weight * sum |f(x) - f(x_g)|^2 / 2 / 108^2, with f the last layer before the logit and 108 the size of the CelebA crop in that code.
struct LastFeatures: FeatureMatching {
    let network: DCGANNetwork
    let weight: Float

    func value(real: Tensor, generated: Tensor, _ discriminator: ParameterSet) -> Tensor {
        let difference = network.features(real, discriminator, groups: 1) - network.features(generated, discriminator, groups: 1)
        return difference.squared().sum() * (weight * 0.5 / 11664)
    }
}
