import Graphs

/// How a coupling or an injector forms the scale from the network's output s.
enum CouplingScale: Sendable, Hashable {
    /// sigmoid(s + 2) + epsilon: bounded, so a layer can expand by at most 1 + epsilon and its inverse by at most 1 / epsilon. Glow has epsilon 0, SRFlow 1e-4.
    case sigmoid(epsilon: Float)
    /// exp(a tanh(s)) with a learned a per channel, initially 1 (`alpha`). - Source: Dinh et al. 2017, section 4.1
    case boundedExponential
    /// 1: an additive coupling. - Source: Dinh et al. 2015
    case none

    /// The scale and its logarithm.
    /// - Parameter parameter: creates a parameter [channels]
    func values(_ s: Tensor, alpha: () -> Tensor) -> (scale: Tensor, logarithm: Tensor)? {
        switch self {
        case .sigmoid(let epsilon):
            let shifted = s + 2
            // log sigmoid(x) = -softplus(-x), which cannot be the logarithm of 0.
            if epsilon == 0 { return (shifted.sigmoid(), -(-shifted).softplus()) }
            let scale = shifted.sigmoid() + epsilon
            return (scale, scale.log())
        case .boundedExponential:
            let logarithm = alpha() * s.tanh()
            return (logarithm.exp(), logarithm)
        case .none: return nil
        }
    }

    /// Number of outputs that the network has for each transformed channel.
    var outputs: Int { self == .none ? 1 : 2 }
}

/// Shift and scale of an affine transformation: forward (x + shift) scale.
struct AffineTransformation {
    let shift: Tensor
    /// Nil for a scale of 1.
    let scale: (scale: Tensor, logarithm: Tensor)?

    /// - Parameter outputs: of the network: the shifts of all channels, then their s
    init(_ outputs: Tensor, channels: Int, scale: CouplingScale, name: String, _ context: FlowContext) {
        shift = outputs.channels(0, count: channels)
        self.scale = scale == .none ? nil : scale.values(outputs.channels(channels, count: channels)) {
            context.parameters("\(name)/alpha", [channels], .ones)
        }
    }

    func forward(_ x: Tensor) -> FlowResult {
        guard let scale else { return FlowResult(ofConstantVolume: x + shift) }
        return FlowResult((x + shift) * scale.scale, logDeterminant: scale.logarithm.sumPerExample())
    }

    func inverse(_ z: Tensor) -> FlowResult {
        guard let scale else { return FlowResult(ofConstantVolume: z - shift) }
        return FlowResult(z / scale.scale - shift, logDeterminant: -scale.logarithm.sumPerExample())
    }
}

/// Affine coupling: the first floor(c / 2) channels pass unchanged and determine shift and scale of the others, together with the condition if there is one:
/// z2 = (x2 + shift) scale. For a condition, SRFlow's conditional affine coupling.
/// - Source: Dinh et al. 2017, section 3.2; Kingma and Dhariwal 2018, section 3.3
/// - Differs: the network's outputs are all shifts, then all s; the released codes of Glow and SRFlow alternate them.
struct AffineCoupling: FlowLayer {
    /// Prefix of the parameters.
    let name: String
    let network: any CouplingNetwork
    var scale: CouplingScale = .sigmoid(epsilon: 0)
    /// Whether the last channels pass unchanged instead of the first.
    var isReversed = false
    /// Whether the network also sees the context's condition.
    var isConditional = false

    var endsStep: Bool { true }

    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult { transformed(x, context) { $0.forward($1) } }

    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult { transformed(z, context) { $0.inverse($1) } }

    private func transformed(_ x: Tensor, _ context: FlowContext, _ apply: (AffineTransformation, Tensor) -> FlowResult) -> FlowResult {
        let all = x.shape[3], half = isReversed ? all - all / 2 : all / 2
        let first = x.channels(0, count: half), second = x.channels(half, count: all - half)
        let (kept, changed) = isReversed ? (second, first) : (first, second), channels = changed.shape[3]
        let input = isConditional ? Tensor.concatenate([kept, conditioned(context, examples: x.shape[0])], axis: 3) : kept
        let outputs = network.outputs(input, count: scale.outputs * channels, "\(name)/network", context)
        let result = apply(AffineTransformation(outputs, channels: channels, scale: scale, name: name, context), changed)
        return FlowResult(
            Tensor.concatenate(isReversed ? [result.value, kept] : [kept, result.value], axis: 3), logDeterminant: result.logDeterminant)
    }

    private func conditioned(_ context: FlowContext, examples: Int) -> Tensor {
        guard let condition = context.condition else { preconditionFailure("\(name): a conditional coupling needs a condition") }
        return condition.broadcast(to: Shape([examples] + condition.shape.extents.dropFirst()))
    }
}

/// Affine injector: the condition alone determines shift and scale of all channels, so its network does not depend on the transformed examples.
/// - Source: Lugmayr et al. 2020, section 3.3
struct AffineInjector: FlowLayer {
    /// Prefix of the parameters.
    let name: String
    let network: any CouplingNetwork
    var scale: CouplingScale = .sigmoid(epsilon: 1e-4)

    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult { transformation(x, context).forward(x) }

    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult { transformation(z, context).inverse(z) }

    private func transformation(_ x: Tensor, _ context: FlowContext) -> AffineTransformation {
        guard let condition = context.condition else { preconditionFailure("\(name): an affine injector needs a condition") }
        let channels = x.shape[3]
        let outputs = network.outputs(condition, count: scale.outputs * channels, "\(name)/network", context)
        return AffineTransformation(outputs, channels: channels, scale: scale, name: name, context)
    }
}
