import Graphs
import Studies

/// The networks of SRFlow, of any configuration: the flow of high-resolution images and the encoder of its conditions.
struct SRFlowNetwork: Sendable {
    let pair: ResolutionPair
    let encoder: ResolutionEncoder
    let flow: MultiScaleFlow
    private let recomputesActivations: Bool

    /// Prefixes of the parameters.
    static let flowPrefix = "flow", encoderPrefix = "encoder"

    /// - Errors: `BatchFieldError`, `ModelShapeError`
    init(_ configuration: ModelConfiguration) throws {
        let values = configuration.hyperparameters, pair = try ResolutionPair(configuration)
        let levels = values.integer("levels") == 0 ? pair.doublings + 1 : values.integer("levels")
        try Self.check(levels, pair, isExplicit: values.integer("levels") != 0)
        self.pair = pair
        recomputesActivations = configuration.recomputesActivations
        encoder = ResolutionEncoder(network: RRDBHyperparameters.network(configuration), stacked: try RRDBHyperparameters.stacked(values), pair: pair)
        flow = Self.flow(levels, hidden: RRDBHyperparameters.channels("hidden", configuration), values, pair.high)
    }

    private static func check(_ levels: Int, _ pair: ResolutionPair, isExplicit: Bool) throws(ModelShapeError) {
        // One training has one specification.
        guard !isExplicit || levels != pair.doublings + 1 else {
            throw ModelShapeError(hyperparameter: "levels", problem: "\(levels) is log2(scale) + 1 at scale \(pair.scale), which 0 stands for: omit it, or give 0")
        }
        let possible = Swift.min(pair.high.height.trailingZeroBitCount, pair.high.width.trailingZeroBitCount)
        guard levels <= possible else {
            throw ModelShapeError(
                hyperparameter: "levels",
                problem: "\(levels) levels at scale \(pair.scale) need a height and width divisible by \(1 << levels); images are \(pair.high), which allow \(possible == 0 ? "none" : "at most \(possible)")")
        }
    }

    /// Each level squeezes, applies the transition steps (ActNorm and 1x1 convolution) and the conditional steps (ActNorm, 1x1 convolution, injector, coupling), and
    /// splits off half of the channels: after levels 1 ... L - 2 as in the released code, or after all but the last.
    private static func flow(_ count: Int, hidden: Int, _ values: Hyperparameters, _ images: ExampleShape) -> MultiScaleFlow {
        let scale = CouplingScale.sigmoid(epsilon: FlowHyperparameters.scaleFloor(values, default: 1e-4))
        let network = ConvolutionalCouplingNetwork(hidden: hidden), lastSplit = values.bool("split_all") ? count - 1 : count - 2
        var channels = images.channels
        let levels = (1...count).map { level in
            channels *= 4
            var layers: [any FlowLayer] = [Squeeze()]
            func mix(_ name: String) {
                layers += [ActNorm(name: "\(name)/actnorm"), InvertibleConvolution(name: "\(name)/convolution", form: .plain)] as [any FlowLayer]
            }
            for step in 0..<values.integer("transition_steps") { mix("level\(level)/transition\(step + 1)") }
            for step in 1...values.integer("depth") {
                let name = "level\(level)/step\(step)"
                mix(name)
                layers.append(AffineInjector(name: "\(name)/injector", network: network, scale: scale))
                layers.append(AffineCoupling(name: "\(name)/coupling", network: network, scale: scale, isConditional: true))
            }
            let shape = ExampleShape(height: images.height >> level, width: images.width >> level, channels: channels)
            let splits = level <= lastSplit
            if splits { channels /= 2 }
            return MultiScaleFlow.Level(layers: FlowSequence(layers), split: splits ? LearnedSplit(name: "level\(level)/split") : nil, shape: shape)
        }
        return MultiScaleFlow(levels: levels, images: images)
    }

    /// The context of the flow's layers for low-resolution images x.
    /// - Parameter encoder: the parameters of the encoder
    func context(_ x: Tensor, flow parameters: ParameterSet, encoder: ParameterSet, isInitializing: Bool = false) -> FlowContext {
        var context = FlowContext(parameters, isInitializing: isInitializing)
        context.recomputesActivations = recomputesActivations && !isInitializing
        context.levelConditions = self.encoder.conditions(x, levels: flow.levels.count, encoder)
        return context
    }

    /// The image that the encoder predicts by itself. - Shapes: x [batch, h, w, c] -> [batch, H, W, c]
    func predicted(_ x: Tensor, _ encoder: ParameterSet) -> Tensor { self.encoder.network.image(x, doublings: pair.doublings, encoder) }
}
