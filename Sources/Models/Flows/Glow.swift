import Graphs
public import Studies

/// Glow: a multi-scale flow of L levels; each squeezes, applies K steps of ActNorm, invertible 1x1 convolution, and affine coupling, and, except for the last, splits off half of the
/// channels with a learned prior.
/// - Source: Kingma and Dhariwal 2018, figure 2 and its released code
/// - Differs: Adam in place of Adamax; zero padding without the released code's channel that marks borders; the last latents have a fixed standard normal prior; a temperature for samples of
///   1 in the density's own measure. `CouplingScale` and `AffineCoupling` say how the couplings differ.
public struct Glow: StudyModel {
    /// The name of the architecture in specifications; its width is that of the coupling networks, 512 hidden channels at width 1.
    public static let architecture = "glow"

    /// Creates the model.
    public init() {}

    /// Hyperparameters: those of flows, `levels`, `depth`, `coupling`, and `scale_floor`.
    public var schema: ModelSchema {
        ModelSchema(
            name: "glow", title: "Glow", description: "Multi-scale normalizing flow with invertible 1x1 convolutions (Kingma and Dhariwal 2018)",
            hyperparameters: FlowHyperparameters.list(warmUp: 500, temperature: 0.7) + [
                .integer("levels", in: 1...6, default: 2, description: "Levels L; height and width must be divisible by 2^L. The published model for 32x32 images has 3"),
                .integer("depth", in: 1...64, default: 8, description: "Steps K of each level. The published model for 32x32 images has 32"),
                .text(
                    "coupling", among: ["affine", "additive"], default: "affine",
                    description: "Affine couplings with scale sigmoid(s + 2), or additive ones without a scale"),
                FlowHyperparameters.scaleFloor(in: 0...0.5, default: 0, "0 as in the released code")
                    .effective(.with("coupling", .text("affine"))),
            ],
            architectures: [Self.architecture], hasLikelihood: true)
    }

    /// Builds the training program.
    /// - Errors: `ModelShapeError` if the images cannot be squeezed `levels` times; `PlanError` if the graph cannot be compiled, which is a programming error
    public func program(_ configuration: ModelConfiguration) throws -> TrainingProgram {
        try FlowHyperparameters.program(Self.flow(configuration), configuration)
    }

    static func flow(_ configuration: ModelConfiguration) throws(ModelShapeError) -> MultiScaleFlow {
        let values = configuration.hyperparameters, levels = values.integer("levels"), images = configuration.images
        try check(levels, images)
        let network = ConvolutionalCouplingNetwork(hidden: Swift.max(1, Int((512 * configuration.architecture.width).rounded())))
        let scale = values.text("coupling") == "additive" ? CouplingScale.none : .sigmoid(epsilon: FlowHyperparameters.scaleFloor(values, default: 0))
        let form = FlowHyperparameters.convolution(values)
        var channels = images.channels
        let all = (1...levels).map { level in
            channels *= 4
            let steps: [any FlowLayer] = (1...values.integer("depth")).flatMap { step -> [any FlowLayer] in
                let name = "level\(level)/step\(step)"
                return [
                    ActNorm(name: "\(name)/actnorm"), InvertibleConvolution(name: "\(name)/convolution", form: form),
                    AffineCoupling(name: "\(name)/coupling", network: network, scale: scale),
                ]
            }
            let shape = ExampleShape(height: images.height >> level, width: images.width >> level, channels: channels)
            if level < levels { channels /= 2 }
            return MultiScaleFlow.Level(
                layers: FlowSequence([Squeeze()] + steps), split: level < levels ? LearnedSplit(name: "level\(level)/split") : nil, shape: shape)
        }
        return MultiScaleFlow(levels: all, images: images)
    }

    private static func check(_ levels: Int, _ images: ExampleShape) throws(ModelShapeError) {
        let possible = Swift.min(images.height.trailingZeroBitCount, images.width.trailingZeroBitCount)
        guard levels <= possible else {
            throw ModelShapeError(
                hyperparameter: "levels",
                problem: "\(levels) levels need a height and width divisible by \(1 << levels); images are \(images), which allow \(possible == 0 ? "none" : "at most \(possible)")")
        }
    }
}
