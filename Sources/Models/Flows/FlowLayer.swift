import Graphs

/// The value of a flow in one direction, and the logarithm of the magnitude of its Jacobian's determinant.
struct FlowResult {
    /// The transformed examples.
    var value: Tensor
    /// log|det| of the Jacobian of this direction, one number per example, in nats. - Shapes: [batch]
    var logDeterminant: Tensor

    init(_ value: Tensor, logDeterminant: Tensor) { (self.value, self.logDeterminant) = (value, logDeterminant) }

    /// A transformation of constant volume.
    init(ofConstantVolume value: Tensor) { self.init(value, logDeterminant: value.graph.constant(0, [value.shape[0]])) }
}

/// What a layer needs to build its part of a graph.
struct FlowContext {
    /// Where its parameters come from.
    let parameters: ParameterSet
    /// Whether layers with data-dependent initialization compute their values from the examples that pass, register them as updates, and use them.
    var isInitializing = false
    /// Features that condition injectors and conditional couplings [batch, height, width, channels], of the height and width of the layer's examples; nil for none.
    /// For a batch of 1, all examples have this condition.
    var condition: Tensor?
    /// The condition of each level of a multi-scale flow, from the first; empty for none.
    var levelConditions: [Tensor] = []
    /// Whether gradients compute the activations of each step again rather than keep them; see `Graph.checkpointed`.
    var recomputesActivations = false

    init(_ parameters: ParameterSet, isInitializing: Bool = false, condition: Tensor? = nil) {
        (self.parameters, self.isInitializing, self.condition) = (parameters, isInitializing, condition)
    }

    /// The context of a level of a multi-scale flow.
    func level(_ index: Int) -> FlowContext {
        var context = self
        if !levelConditions.isEmpty { context.condition = levelConditions[index] }
        return context
    }
}

/// A layer of a normalizing flow: an invertible function with a tractable Jacobian. A value; it holds no parameters, only their names. The log-determinant of
/// either direction is exact, and inverse(forward(x)) is x up to rounding.
/// - Shapes: images [batch, height, width, channels]; points are images of height and width 1
protocol FlowLayer: Sendable {
    /// From data to latents.
    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult
    /// From latents to data.
    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult
    /// Whether the layer is the last of a step of a flow: where activations are recomputed, those between two steps are kept.
    var endsStep: Bool { get }
}

extension FlowLayer {
    var endsStep: Bool { false }
}

/// Layers one after another: forward from the first to the last.
struct FlowSequence: FlowLayer {
    let layers: [any FlowLayer]

    init(_ layers: [any FlowLayer]) { self.layers = layers }

    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult {
        let start = FlowResult(ofConstantVolume: x)
        guard context.recomputesActivations else { return Self.forward(layers[...], start, context) }
        return steps.reduce(start) { before, step in
            let inputs = [before.value, before.logDeterminant] + (context.condition.map { [$0] } ?? [])
            let after = x.graph.checkpointed(inputs) { inputs in
                var inner = context
                if inputs.count > 2 { inner.condition = inputs[2] }
                let result = Self.forward(step, FlowResult(inputs[0], logDeterminant: inputs[1]), inner)
                return [result.value, result.logDeterminant]
            }
            return FlowResult(after[0], logDeterminant: after[1])
        }
    }

    private static func forward(_ layers: ArraySlice<any FlowLayer>, _ start: FlowResult, _ context: FlowContext) -> FlowResult {
        layers.reduce(start) { $0.followed(by: $1.forward($0.value, context)) }
    }

    private var steps: [ArraySlice<any FlowLayer>] {
        var (steps, start): ([ArraySlice<any FlowLayer>], Int) = ([], 0)
        for (index, layer) in layers.enumerated() where layer.endsStep || index == layers.count - 1 {
            steps.append(layers[start...index])
            start = index + 1
        }
        return steps
    }

    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult {
        layers.reversed().reduce(FlowResult(ofConstantVolume: z)) { $0.followed(by: $1.inverse($0.value, context)) }
    }
}

extension FlowResult {
    func followed(by next: FlowResult) -> FlowResult { FlowResult(next.value, logDeterminant: logDeterminant + next.logDeterminant) }

    /// log N(z; 0, 1) summed over the latents z, and the log-determinant, in nats. - Shapes: [batch] each
    func densities(dimensions: Int) -> (prior: Tensor, logDeterminant: Tensor) {
        let constant = Float(0.9189385332046727 * Double(dimensions))  // log(2 pi) / 2 for each latent
        return (value.squared().sumPerExample() * -0.5 - constant, logDeterminant)
    }

    /// Factor from nats of an example to bits per dimension.
    static func bits(dimensions: Int) -> Float { Float(1 / (Double(dimensions) * 0.6931471805599453)) }
}

extension Tensor {
    /// Channels first ..< first + count of the last axis.
    func channels(_ first: Int, count: Int) -> Tensor {
        let last = shape.rank - 1
        var starts = [Int](repeating: 0, count: shape.rank), extents = shape.extents
        (starts[last], extents[last]) = (first, count)
        return slice(starts: starts, extents: extents)
    }

    /// The sum over all axes but the first. - Shapes: [batch, ...] -> [batch]
    func sumPerExample() -> Tensor { reshaped([shape[0], count / shape[0]]).sum(axes: [1]) }

    /// A scalar for each example.
    func forEveryExample(of x: Tensor) -> Tensor { broadcast(to: [x.shape[0]]) }

    /// Number of pixels of an image.
    var pixels: Float { Float(shape[1] * shape[2]) }
}
