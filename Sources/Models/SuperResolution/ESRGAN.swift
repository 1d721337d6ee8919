public import Studies

/// ESRGAN: an RRDB network trained with an absolute error and then with a relativistic average discriminator, a pixel loss and a feature loss: the adversarial rival of SRFlow. It
/// has no latents, so one low resolution gives one image.
/// - Source: Wang et al. 2018, equations 1 to 3
/// - Differs: weights of a network trained on photographs cannot be shipped, so the feature loss compares the features of an untrained convolutional network with fixed random weights;
///   the discriminator has four strided convolutions and no batch normalization; the default weights of the pixel and the adversarial loss are those of a training without pretrained features.
public struct ESRGAN: StudyModel {
    /// Creates the model.
    public init() {}

    /// Hyperparameters of the networks, the losses, and Adam.
    public var schema: ModelSchema {
        func weight(_ name: String, _ value: Double, _ text: String) -> HyperparameterSchema { .real(name, in: 0...1e4, default: value, description: text) }
        return ModelSchema(
            name: "esrgan", title: "ESRGAN", description: "Adversarial super-resolution with a relativistic average discriminator (Wang et al. 2018)",
            hyperparameters: [
                .real(
                    "learning_rate", in: 1e-7...1, default: 1e-4, wide: .logUniform10(low: -5, high: -3), narrow: .logUniform10(low: -4.5, high: -3.5),
                    description: "Adam's learning rate of both networks in adversarial training; halved after 50, 75, 90, and 95 % of its steps"),
                .real("beta1", in: SharedHyperparameters.momentDecay, default: 0.9, description: "Adam's decay of the first moment"),
                .real(
                    "pretraining", in: 0...0.9, default: 0.5, description: "Share of the steps that train the generator alone, with the mean absolute error; 0 for none"),
                RRDBHyperparameters.rate("pretraining_rate").effective(.unless("pretraining", .real(0))),
                weight("pixel_weight", 1, "Weight of the mean absolute error in the generator's loss; 0.01 in the paper, beside trained features"),
                weight("feature_weight", 1, "Weight of the mean absolute difference of features in the generator's loss; 1 in the paper, of trained features"),
                weight("adversarial_weight", 0.005, "Weight of the adversarial loss in the generator's loss; 0.005 as in the paper"),
                .integer("discriminator_features", in: 1...256, default: 16, description: "Channels of the discriminator's first convolution; 64 in the paper"),
            ] + RRDBHyperparameters.network(features: 16, growth: 8, blocks: 3), architectures: [SRFlow.architecture],
            condition: ModelSchema.lowResolution)
    }

    /// Builds the training program.
    /// - Errors: `BatchFieldError` if the data set has no low resolution; `ModelShapeError` if its scale is not supported; `PlanError` if the graph cannot be
    ///   compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws -> TrainingProgram { try ESRGANProgram(configuration).build() }
}
