// Softmax and the losses built on it. All are numerically stable: no intermediate overflows for finite logits.

extension Tensor {
    /// Log-softmax over the last axis: s - log(sum(exp s)) with s = x - max x.
    /// - Shapes: [..., classes] -> the same
    public func logSoftmax() -> Tensor {
        let shifted = shiftedByMaximum()
        return shifted - shifted.exp().sum(axes: [shape.rank - 1], keepingAxes: true).log()
    }

    /// Softmax over the last axis: exp(x - max x) / sum(exp(x - max x)).
    /// - Shapes: [..., classes] -> the same
    /// - Range: [0, 1]; sums to 1 over the last axis up to rounding
    public func softmax() -> Tensor {
        let powers = shiftedByMaximum().exp()
        return powers / powers.sum(axes: [shape.rank - 1], keepingAxes: true)
    }

    /// Gradients are stopped at the maximum: in exact arithmetic, softmax does not depend on it.
    private func shiftedByMaximum() -> Tensor { self - maximum(axes: [shape.rank - 1], keepingAxes: true).stopGradient() }

    /// Cross-entropy of target probabilities against the softmax of the logits, per example.
    /// - Shapes: self (logits) and targets [..., classes] -> [...]; class labels are given as one-hot targets
    /// - Units: nats
    public func softmaxCrossEntropy(targets: Tensor) -> Tensor {
        precondition(shape == targets.shape && shape.rank >= 1, "cross-entropy of scores \(shape) with targets \(targets.shape)")
        return -(targets * logSoftmax()).sum(axes: [shape.rank - 1])
    }

    /// Cross-entropy of target probabilities against the sigmoid of the logits, per element, computed as softplus(x) - x t.
    /// - Shapes: self (logits) and targets broadcast together
    /// - Units: nats
    public func sigmoidCrossEntropy(targets: Tensor) -> Tensor { softplus() - self * targets }
}
