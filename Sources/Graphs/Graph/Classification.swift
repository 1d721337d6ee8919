// Softmax and the losses made of it. All are stable: nothing overflows for finite scores.

extension Tensor {
    /// log softmax over the last axis: s = x - max x, s - log(sum(exp s)).
    public func logSoftmax() -> Tensor {
        let shifted = shiftedByMaximum()
        return shifted - shifted.exp().sum(axes: [shape.rank - 1], keepingAxes: true).log()
    }

    /// Softmax over the last axis: exp(x - max x), divided by its sum.
    public func softmax() -> Tensor {
        let powers = shiftedByMaximum().exp()
        return powers / powers.sum(axes: [shape.rank - 1], keepingAxes: true)
    }

    /// No gradient flows through the maximum: in exact arithmetic it changes nothing.
    private func shiftedByMaximum() -> Tensor { self - maximum(axes: [shape.rank - 1], keepingAxes: true).stopGradient() }

    /// Cross-entropy between the scores' softmax and target probabilities, in nats, for each example.
    /// - Shapes: self and targets [..., classes] -> [...]; for classes given by number, one-hot targets.
    public func softmaxCrossEntropy(targets: Tensor) -> Tensor {
        precondition(shape == targets.shape && shape.rank >= 1, "cross-entropy of scores \(shape) with targets \(targets.shape)")
        return -(targets * logSoftmax()).sum(axes: [shape.rank - 1])
    }

    /// Cross-entropy between the scores' sigmoid and target probabilities, in nats, for each element: softplus(x) - x t.
    public func sigmoidCrossEntropy(targets: Tensor) -> Tensor { softplus() - self * targets }
}
