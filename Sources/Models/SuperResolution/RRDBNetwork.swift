import Graphs

/// The convolutional network of ESRGAN: residual-in-residual dense blocks at low resolution, then upsampling by factors of two. It is a generator of images (`rrdb`,
/// `esrgan`), and the encoder of low-resolution images in SRFlow.
/// - Source: Wang et al. 2018 (ESRGAN), section 3.1; Lugmayr et al. 2020, section 3.2
/// - Differs: weights outside dense blocks are N(0, 1 / (3 fan-in)), the variance of PyTorch's default, in place of a uniform distribution, and their biases are 0.
struct RRDBNetwork: Sendable {
    /// Channels of the features.
    let features: Int
    /// Channels that each layer of a dense block adds.
    let growth: Int
    /// Number of residual-in-residual dense blocks.
    let blocks: Int
    /// Whether gradients compute the activations of each block again rather than keep them; see `Graph.checkpointed`.
    var recomputesActivations = false

    private static let layers = 5, denseBlocks = 3
    /// Factor of the residual branches.
    private static let residual: Float = 0.2

    /// What the blocks compute at low resolution.
    struct Trunk {
        /// [batch, h, w, features], the output of the long skip connection.
        let output: Tensor
        /// The outputs of the blocks in order.
        let blocks: [Tensor]
    }

    /// - Shapes: x [batch, h, w, channels]
    func trunk(_ x: Tensor, _ parameters: ParameterSet) -> Trunk {
        let first = plain(x, "first", outputs: features, parameters)
        var outputs: [Tensor] = []
        for index in 0..<blocks {
            let x = outputs.last ?? first
            func built(_ x: Tensor) -> Tensor { block(x, "block\(index)", parameters) }
            outputs.append(recomputesActivations ? x.graph.checkpointed([x]) { [built($0[0])] }[0] : built(x))
        }
        return Trunk(output: first + plain(outputs.last ?? first, "trunk", outputs: features, parameters), blocks: outputs)
    }

    /// The features at twice, four times, ... the low resolution, before their leaky ReLU. - Shapes: [batch, h, w, features] -> [batch, 2^i h, 2^i w, features]
    func upsampled(_ trunk: Trunk, doublings: Int, _ parameters: ParameterSet) -> [Tensor] {
        var found: [Tensor] = []
        for index in 0..<doublings {
            let x = found.last?.leakyReLU() ?? trunk.output
            let large = x.resizedNearest(height: 2 * x.shape[1], width: 2 * x.shape[2])
            found.append(plain(large, "upsampling\(index + 1)", outputs: features, parameters))
        }
        return found
    }

    /// The image. - Shapes: x [batch, h, w, channels] -> [batch, 2^doublings h, 2^doublings w, channels], unbounded
    func image(_ x: Tensor, doublings: Int, _ parameters: ParameterSet) -> Tensor {
        let trunk = trunk(x, parameters)
        let large = upsampled(trunk, doublings: doublings, parameters).last?.leakyReLU() ?? trunk.output
        let refined = plain(large, "high", outputs: features, parameters).leakyReLU()
        return plain(refined, "last", outputs: x.shape[3], parameters)
    }

    // MARK: Parts

    private func block(_ x: Tensor, _ name: String, _ parameters: ParameterSet) -> Tensor {
        let y = (1...Self.denseBlocks).reduce(x) { dense($0, "\(name)/dense\($1)", parameters) }
        return x + y * Self.residual
    }

    /// Each convolution reads the features and the outputs of all earlier ones; leaky ReLU after all but the last.
    private func dense(_ x: Tensor, _ name: String, _ parameters: ParameterSet) -> Tensor {
        var known = [x]
        for layer in 1..<Self.layers {
            let input = Tensor.concatenate(known, axis: 3)
            known.append(small(input, "\(name)/convolution\(layer)", outputs: growth, parameters).leakyReLU())
        }
        let last = small(Tensor.concatenate(known, axis: 3), "\(name)/convolution\(Self.layers)", outputs: features, parameters)
        return x + last * Self.residual
    }

    /// A convolution of a dense block: weights N(0, 2 / fan-in) (He et al. 2015) times 0.1.
    private func small(_ x: Tensor, _ name: String, outputs: Int, _ parameters: ParameterSet) -> Tensor {
        let deviation = 0.1 * (2 / Float(9 * x.shape[3])).squareRoot()
        return parameters.convolution(x, name, outputs: outputs, kernel: 3, stride: 1, initializer: .normal(deviation: deviation))
    }

    private func plain(_ x: Tensor, _ name: String, outputs: Int, _ parameters: ParameterSet) -> Tensor {
        let deviation = (1 / Float(27 * x.shape[3])).squareRoot()
        return parameters.convolution(x, name, outputs: outputs, kernel: 3, stride: 1, initializer: .normal(deviation: deviation))
    }
}
