extension Tensor {
    /// The batch's mean and (biased) variance of each channel, over all axes but the last, separately for each of `groups` equal
    /// parts of the batch, so that real and generated images can share one pass and keep statistics of their own.
    /// - Shapes: self [batch, ..., channels] -> mean, variance [groups, 1, channels], normalized as self
    /// - Source: Ioffe and Szegedy 2015, algorithm 1, without scale and offset.
    public func standardized(epsilon: Float, groups: Int = 1) -> (normalized: Tensor, mean: Tensor, variance: Tensor) {
        let channels = shape[shape.rank - 1]
        precondition(shape[0] % groups == 0, "a batch of \(shape[0]) cannot be split into \(groups) groups")
        let (normalized, mean, variance) = reshaped([groups, count / channels / groups, channels]).standardized(axes: [1], epsilon: epsilon)
        return (normalized.reshaped(shape), mean, variance)
    }

    /// The same over any axes: the last ones for layer normalisation (Ba et al. 2016), height and width for instance normalisation
    /// (Ulyanov et al. 2016), and for group normalisation (Wu and He 2018) after channels were reshaped to [groups, channels / groups].
    /// - Shapes: self -> normalized as self; mean, variance with extent 1 along the axes
    public func standardized(axes: [Int], epsilon: Float) -> (normalized: Tensor, mean: Tensor, variance: Tensor) {
        let x = self
        let mean = x.mean(axes: axes, keepingAxes: true)
        let centred = x - mean
        let variance = centred.squared().mean(axes: axes, keepingAxes: true)
        let inverse = (variance + epsilon).reciprocalSquareRoot()
        let normalized = (centred * inverse)
        // The usual closed form of the backward pass: dx = inverse * (g - mean(g) - normalized * mean(g * normalized)). The closure holds
        // node numbers, not tensors, so that the graph does not own itself.
        let (normalizedID, inverseID) = (normalized.id, inverse.id)
        let result = normalized.withGradient(for: [x]) { g in
            let normalized = Tensor(graph: g.graph, id: normalizedID)
            let inverse = Tensor(graph: g.graph, id: inverseID)
            let projection = (g * normalized).mean(axes: axes, keepingAxes: true)
            return [inverse * (g - g.mean(axes: axes, keepingAxes: true) - normalized * projection)]
        }
        return (result, mean, variance)
    }
}
