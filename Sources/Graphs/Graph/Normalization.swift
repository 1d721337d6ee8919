extension Tensor {
    /// Normalizes each channel to zero mean and unit variance over all axes but the last, separately for each of `groups` equal parts of the batch.
    /// Groups let real and generated images share one forward pass with separate batch statistics.
    /// - Shapes: self [batch, ..., channels] -> normalized as self; mean, variance [groups, 1, channels]; the variance is biased (divisor n)
    /// - Precondition: the batch is divisible by `groups`.
    /// - Source: Ioffe and Szegedy 2015, algorithm 1, without scale and offset.
    public func standardized(epsilon: Float, groups: Int = 1) -> (normalized: Tensor, mean: Tensor, variance: Tensor) {
        let channels = shape[shape.rank - 1]
        precondition(shape[0] % groups == 0, "a batch of \(shape[0]) cannot be split into \(groups) groups")
        let (normalized, mean, variance) = reshaped([groups, count / channels / groups, channels]).standardized(axes: [1], epsilon: epsilon)
        return (normalized.reshaped(shape), mean, variance)
    }

    /// Normalizes over any axes: the last ones for layer normalization (Ba et al. 2016), height and width for instance normalization
    /// (Ulyanov et al. 2016), or those of group normalization (Wu and He 2018) after reshaping channels to [groups, channels / groups].
    /// - Shapes: self -> normalized as self; mean and (biased) variance with extent 1 along the axes
    public func standardized(axes: [Int], epsilon: Float) -> (normalized: Tensor, mean: Tensor, variance: Tensor) {
        let x = self
        let mean = x.mean(axes: axes, keepingAxes: true)
        let centered = x - mean
        let variance = centered.squared().mean(axes: axes, keepingAxes: true)
        let inverse = (variance + epsilon).reciprocalSquareRoot()
        let normalized = (centered * inverse)
        // Closed form of the backward pass: dx = inverse * (g - mean(g) - normalized * mean(g * normalized)). The closure captures
        // node indices rather than tensors to avoid a reference cycle with the graph.
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
