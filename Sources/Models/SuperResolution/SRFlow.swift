public import Studies

/// SRFlow: a conditional normalizing flow of high-resolution images given low-resolution ones, for scales 2, 4, and 8. An encoder turns the low resolution into a condition for each
/// level of the flow; latents drawn for one condition give different images that agree with it.
/// - Source: Lugmayr et al. 2020 and the released code
/// - Differs: noise on the training images and a frozen encoder, which the paper describes and the released training code leaves out, are on (`noise`, `unfreeze`); beta2 is 0.99 as in
///   the released configurations, whose code ignores it; the encoder is trained before the flow in the same run (`pretraining`) rather than loaded; images are centered at 0; samples are
///   8-bit values. `AffineCoupling` says how the order of a coupling's outputs differs, `RRDBNetwork` how initial weights do.
public struct SRFlow: StudyModel {
    /// The name of the architecture of the models of super-resolution; its width multiplies the channels of all networks.
    public static let architecture = "rrdb"

    /// Creates the model.
    public init() {}

    /// Hyperparameters of the flow, the encoder, and their training.
    public var schema: ModelSchema {
        ModelSchema(
            name: "srflow", title: "SRFlow", description: "Conditional normalizing flow for super-resolution (Lugmayr et al. 2020)",
            hyperparameters: Self.flowHyperparameters + Self.trainingHyperparameters + RRDBHyperparameters.network(features: 16, growth: 8, blocks: 3)
                + RRDBHyperparameters.stack,
            architectures: [Self.architecture], hasLikelihood: true, condition: ModelSchema.lowResolution)
    }

    private static let flowHyperparameters: [HyperparameterSchema] = [
        .integer(
            "levels", in: 0...8, default: 0,
            description: "Levels L; height and width must be divisible by 2^L. 0 for log2(scale) + 1, which reaches half the low resolution, as published, and is given as 0"),
        .integer("depth", in: 1...64, default: 4, description: "Conditional steps K of each level; 16 in the released configurations"),
        .integer("transition_steps", in: 0...8, default: 2, description: "Steps without a coupling at the start of each level; 2 as in the released configurations"),
        FlowHyperparameters.scaleFloor(in: Double(Float.leastNormalMagnitude)...0.5, default: 1e-4, "0.0001 as in the released code"),
        .integer("hidden", in: 1...1024, default: 16, description: "Hidden channels of the networks of injectors and couplings; 64 in the released configurations"),
        .bool(
            "split_all", default: false,
            description: "Whether channels are split off after every level but the last; the released code leaves out the last but one as well"),
        .real("temperature", in: 0...2, default: 0.9, description: "Standard deviation of the latents of samples; without effect on training and likelihood"),
    ]

    private static let trainingHyperparameters: [HyperparameterSchema] = [
        .real(
            "learning_rate", in: 1e-7...1, default: 5e-4, wide: .logUniform10(low: -4, high: -2), narrow: .logUniform10(low: -3.7, high: -2.7),
            description: "Adam's learning rate of the flow; 2.5e-4 in the released configuration for scale 4, 5e-4 for scale 8"),
        .real(
            "decay", in: 0...1, default: 0.5,
            description: "Factor of the learning rate after 50, 75, 90, and 95 % of the flow's steps; 0.5 as in the released configurations"),
        .real("beta1", in: SharedHyperparameters.momentDecay, default: 0.9, description: "Adam's decay of the first moment"),
        .real("beta2", in: SharedHyperparameters.momentDecay, default: 0.99, description: "Adam's decay of the second moment; 0.99 as in the released configurations"),
        .real(
            "gradient_clip", in: 0...1e6, default: 10,
            description: "Bound of the gradient's norm over all trained parameters, in bits per dimension; 0 for none. It keeps a rare batch from ending a run"),
        .real(
            "noise", in: 0...64, default: 8,
            description: "Width of the uniform noise on training images, in steps of 1/256; 8 as described in the paper, 1 for dequantization, 0 as in the released training code"),
        .integer(
            "initialization_examples", in: 2...4096, default: 64, description: "Training examples that the data-dependent initialization of ActNorm reads"),
        .real(
            "pretraining", in: 0...0.9, default: 0.25,
            description: "Share of the steps that train the encoder alone, with the mean absolute error of the image that it predicts; 0 for none"),
        RRDBHyperparameters.rate("pretraining_rate").effective(.unless("pretraining", .real(0))),
        .real(
            "unfreeze", in: 0...1, default: 0.5,
            description: "Share of the flow's steps in which the encoder is frozen; 0.5 as described in the paper, 0 as in the released training code, 1 for always"),
        .real(
            "encoder_rate", in: 0...1, default: 1,
            description: "Learning rate of the encoder, while it is trained with the flow, as a factor of that of the flow"
        ).effective(.unless("unfreeze", .real(1))),
    ]

    /// Builds the training program.
    /// - Errors: `BatchFieldError` if the data set has no low resolution; `ModelShapeError` for levels or blocks that do not fit; `PlanError` if the graph cannot be
    ///   compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws -> TrainingProgram { try SRFlowProgram(configuration).build() }
}
