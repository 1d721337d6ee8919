extension Tensor {
    /// The batch's mean and (biased) variance of each channel, over all axes but the last, separately for each of `groups` equal
    /// parts of the batch, so that real and generated images can share one pass and keep statistics of their own.
    /// - Shapes: self [batch, ..., channels] -> mean, variance [groups, 1, channels], normalized as self
    /// - Source: Ioffe and Szegedy 2015, algorithm 1, without scale and offset.
    public func standardized(epsilon: Float, groups: Int = 1) -> (normalized: Tensor, mean: Tensor, variance: Tensor) {
        let channels = shape[shape.rank - 1]
        precondition(shape[0] % groups == 0, "a batch of \(shape[0]) cannot be split into \(groups) groups")
        let x = reshaped([groups, count / channels / groups, channels])
        let mean = x.mean(axes: [1], keepingAxes: true)
        let centred = x - mean
        let variance = centred.squared().mean(axes: [1], keepingAxes: true)
        let inverse = (variance + epsilon).reciprocalSquareRoot()
        let normalized = (centred * inverse)
        // The usual closed form of the backward pass: dx = inverse * (g - mean(g) - normalized * mean(g * normalized)). The closure holds
        // node numbers, not tensors, so that the graph does not own itself.
        let (normalizedID, inverseID) = (normalized.id, inverse.id)
        let result = normalized.withGradient(for: [x]) { g in
            let normalized = Tensor(graph: g.graph, id: normalizedID)
            let inverse = Tensor(graph: g.graph, id: inverseID)
            let projection = (g * normalized).mean(axes: [1], keepingAxes: true)
            return [inverse * (g - g.mean(axes: [1], keepingAxes: true) - normalized * projection)]
        }
        return (result.reshaped(shape), mean, variance)
    }
}
