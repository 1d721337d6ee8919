import Graphs

/// ActNorm: y = (x + b) exp(s) per channel.
///
/// Data-dependent initialization gives the channels of the initial examples mean 0 and variance 1: b = -mean, s = -log(deviation + 1e-6), the variance
/// with divisor n over examples and pixels. Before it, the layer is the identity.
/// - Source: Kingma and Dhariwal 2018, section 3.1; the form and the constant are those of the released code of SRFlow.
struct ActNorm: FlowLayer {
    /// Prefix of the parameters `bias` and `log_scale` [channels].
    let name: String

    private static let epsilon: Float = 1e-6

    private func values(_ x: Tensor, _ context: FlowContext) -> (bias: Tensor, logScale: Tensor) {
        let channels = x.shape[x.shape.rank - 1], parameters = context.parameters
        let bias = parameters("\(name)/bias", [channels], .zeros), logScale = parameters("\(name)/log_scale", [channels], .zeros)
        guard context.isInitializing else { return (bias, logScale) }
        let axes = Array(0..<x.shape.rank - 1)
        let mean = x.mean(axes: axes)
        let deviation = (x - mean).squared().mean(axes: axes).squareRoot()
        let values = (bias: -mean, logScale: -(deviation + Self.epsilon).log())
        parameters.updateStatistic(bias, to: values.bias)
        parameters.updateStatistic(logScale, to: values.logScale)
        return values
    }

    /// The activations alone, for networks that are not inverted. - Shapes: [..., channels] -> the same
    func callAsFunction(_ x: Tensor, _ context: FlowContext) -> Tensor {
        let (bias, logScale) = values(x, context)
        return (x + bias) * logScale.exp()
    }

    func forward(_ x: Tensor, _ context: FlowContext) -> FlowResult {
        let (bias, logScale) = values(x, context)
        return FlowResult((x + bias) * logScale.exp(), logDeterminant: (logScale.sum() * x.pixels).forEveryExample(of: x))
    }

    func inverse(_ z: Tensor, _ context: FlowContext) -> FlowResult {
        precondition(!context.isInitializing, "\(name): initialization from data runs forward")
        let (bias, logScale) = values(z, context)
        return FlowResult(z * (-logScale).exp() - bias, logDeterminant: (logScale.sum() * -z.pixels).forEveryExample(of: z))
    }
}
