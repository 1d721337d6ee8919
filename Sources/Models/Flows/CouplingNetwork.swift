import Graphs

/// The network of a coupling or an injector. Its last layer starts at zeros, so that the layer starts as a constant affine transformation.
protocol CouplingNetwork: Sendable {
    /// - Shapes: x [batch, height, width, channels] -> [batch, height, width, count]
    /// - Parameter name: prefix of the parameters
    func outputs(_ x: Tensor, count: Int, _ name: String, _ context: FlowContext) -> Tensor
}

/// For images: 3x3 -> hidden, 1x1 -> hidden, 3x3 -> outputs; the first two without bias, each followed by ActNorm and ReLU; the last is a `ZeroConvolution`.
/// - Source: Kingma and Dhariwal 2018, appendix B, and the released code
/// - Differs: zero padding without the released code's channel that marks the border.
struct ConvolutionalCouplingNetwork: CouplingNetwork {
    /// Channels of the hidden layers.
    let hidden: Int

    func outputs(_ x: Tensor, count: Int, _ name: String, _ context: FlowContext) -> Tensor {
        let first = normalized(x, kernel: 3, "\(name)/convolution1", context)
        let second = normalized(first, kernel: 1, "\(name)/convolution2", context)
        return ZeroConvolution(name: "\(name)/convolution3").outputs(second, count: count, context)
    }

    private func normalized(_ x: Tensor, kernel: Int, _ name: String, _ context: FlowContext) -> Tensor {
        let weight = context.parameters("\(name)/weight", [hidden, kernel, kernel, x.shape[3]], .normal(deviation: 0.05))
        return ActNorm(name: "\(name)/actnorm")(x.convolved(with: weight, stride: 1, padding: .same), context).relu()
    }
}

/// For points: two fully connected hidden layers with ReLU, initialized from N(0, 2 / inputs) (He et al. 2015), and a linear layer of zeros.
struct DenseCouplingNetwork: CouplingNetwork {
    /// Units of each hidden layer.
    let hidden: Int

    func outputs(_ x: Tensor, count: Int, _ name: String, _ context: FlowContext) -> Tensor {
        let parameters = context.parameters
        let flat = x.reshaped([x.count / x.shape[3], x.shape[3]])
        let features = (1...2).reduce(flat) { x, layer in
            parameters.dense(x, "\(name)/linear\(layer)", outputs: hidden, initializer: .normal(deviation: (2 / Float(x.shape[1])).squareRoot())).relu()
        }
        return parameters.dense(features, "\(name)/linear3", outputs: count, initializer: .zeros).reshaped(Shape(x.shape.extents.dropLast() + [count]))
    }
}

/// 3x3 convolution whose weights, bias, and logarithmic factors start at zeros; the outputs are multiplied by exp(3 log_factor), per channel.
/// - Source: Kingma and Dhariwal 2018, section 3.3 (zero initialization); the factor is that of the released code
struct ZeroConvolution {
    /// Prefix of the parameters.
    let name: String

    func outputs(_ x: Tensor, count: Int, _ context: FlowContext) -> Tensor {
        let parameters = context.parameters
        let plain = parameters.convolution(x, name, outputs: count, kernel: 3, stride: 1, initializer: .zeros)
        return plain * (parameters("\(name)/log_factor", [count], .zeros) * 3).exp()
    }
}
