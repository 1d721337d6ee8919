import Graphs

// The layers of the study's networks. Every layer creates its parameters in a `ParameterSet` under its own name.

/// The statistics that batch normalization uses.
enum NormalizationMode {
    /// Batch statistics, separate for each of `groups` equal parts of the batch; moving averages are updated if `tracking`.
    case training(groups: Int, tracking: Bool)
    /// The moving averages.
    case inference
}

/// Settings of batch normalization.
struct NormalizationSettings {
    var decay: Float
    var epsilon: Float
    /// Initial value of the learnable scale; the offset starts at 0.
    var scale: Initializer

    /// The settings of the study's released code.
    static let study = NormalizationSettings(decay: 0.999, epsilon: 0.001, scale: .ones)
}

extension ParameterSet {
    /// Fully connected layer, x W + b. - Shapes: [batch, in] -> [batch, out]; weight [in, out], N(0, 0.02) by default
    func dense(_ x: Tensor, _ name: String, outputs: Int, initializer: Initializer = .normal(deviation: 0.02), bias: Bool = true) -> Tensor {
        let weight = self("\(name)/weight", [x.shape[1], outputs], initializer)
        return biased(Tensor.matmul(x, weight), name, bias)
    }

    /// Convolution with SAME padding.
    /// - Shapes: [batch, h, w, in] -> [batch, ceil(h/stride), ceil(w/stride), out]; weight [out, k, k, in], truncated normal 0.02 by default
    func convolution(
        _ x: Tensor, _ name: String, outputs: Int, kernel: Int, stride: Int, initializer: Initializer = .truncatedNormal(deviation: 0.02), bias: Bool = true
    ) -> Tensor {
        let weight = self("\(name)/weight", [outputs, kernel, kernel, x.shape[3]], initializer)
        return biased(x.convolved(with: weight, stride: stride, padding: .same), name, bias)
    }

    /// Transposed convolution with SAME padding and stride 2. - Shapes: [batch, h/2, w/2, in] -> [batch, h, w, out]; weight [in, k, k, out], N(0, 0.02)
    func transposedConvolution(
        _ x: Tensor, _ name: String, outputs: Int, kernel: Int, height: Int, width: Int, initializer: Initializer = .normal(deviation: 0.02),
        bias: Bool = true
    ) -> Tensor {
        let weight = self("\(name)/weight", [x.shape[3], kernel, kernel, outputs], initializer)
        return biased(x.transposedConvolved(with: weight, stride: 2, padding: .same, outputHeight: height, outputWidth: width), name, bias)
    }

    private func biased(_ x: Tensor, _ name: String, _ bias: Bool) -> Tensor {
        bias ? x + self("\(name)/bias", [x.shape[x.shape.rank - 1]], .zeros) : x
    }

    /// Batch normalization over all axes but the last, with learnable scale and offset.
    /// - Source: Ioffe and Szegedy 2015; decay 0.999 and epsilon 0.001 by default, as in the study's released code.
    /// - Differs: moving averages start at 0 and are divided by their total weight (bias-corrected like Adam's moments), so that a short run is evaluated
    ///   with its own statistics; after 10,000 steps the correction factor is 1.00005.
    func batchNormalization(_ x: Tensor, _ name: String, mode: NormalizationMode, settings: NormalizationSettings = .study) -> Tensor {
        let channels = x.shape[x.shape.rank - 1]
        let scale = self("\(name)/scale", [channels], settings.scale)
        let offset = self("\(name)/offset", [channels], .zeros)
        let (epsilon, decay) = (settings.epsilon, settings.decay)
        func moving(_ what: String, _ shape: Shape) -> Tensor { self("\(name)/\(what)", shape, .zeros, isTrainable: false) }
        switch mode {
        case .training(let groups, let tracking):
            let (normalized, mean, variance) = x.standardized(epsilon: epsilon, groups: groups)
            if tracking {
                precondition(groups == 1, "moving averages require groups = 1, got \(groups)")
                for (what, value) in [("moving_mean", mean), ("moving_variance", variance)] {
                    let average = moving(what, [channels])
                    updateStatistic(average, to: average.movingAverage(towards: value.reshaped([channels]), decay: decay))
                }
                let weight = moving("moving_weight", [1])
                updateStatistic(weight, to: weight.movingAverage(towards: graph.constant(1, [1]), decay: decay))
            }
            return normalized * scale + offset
        case .inference:
            // Before the first step there are no averages; mean 0 and variance 1 are used.
            let weight = moving("moving_weight", [1])
            let isTracked = Tensor.greater(weight, graph.constant(0))
            let divisor = Tensor.select(isTracked, weight, graph.constant(1))
            let mean = moving("moving_mean", [channels]) / divisor
            let variance = Tensor.select(isTracked, moving("moving_variance", [channels]) / divisor, graph.constant(1))
            return (x - mean) * (variance + epsilon).reciprocalSquareRoot() * scale + offset
        }
    }
}
