import Numerics
import Graphs

/// A term of the discriminator's loss that draws the length of its gradient with respect to images towards 1.
protocol GradientPenalty {
    /// lambda.
    var weight: Float { get }

    /// The penalty before its weight, a scalar.
    /// - Parameter discriminator: logits [batch] of images [batch, h, w, c], in a pass of its own.
    /// - Shapes: real, generated [batch, h, w, c]
    func value(real: Tensor, generated: Tensor, discriminator: (Tensor) -> Tensor) -> Tensor
}

extension GradientPenalty {
    /// P(g) = E (sqrt(1e-4 + |g|^2) - 1)^2 with g the gradient of each image's own output. The 1e-4 under the root keeps the penalty
    /// differentiable where the gradient vanishes.
    /// - Shapes: outputs [batch], points [batch, h, w, c] -> scalar
    /// - Source: Gulrajani et al. 2017, equation 3; the 1e-4 is the study's released code's.
    /// - Differs: with batch normalisation an image's output depends on the others; as in that code the gradient is that of the outputs' sum.
    func penalty(outputs: Tensor, points: Tensor) -> Tensor {
        let gradient = points.graph.gradients(of: outputs.sum(), for: [points])[0]
        let lengths = (gradient.squared().sum(axes: [1, 2, 3]) + 1e-4).squareRoot()
        return (lengths - 1).squared().mean()
    }

    /// Uniform numbers on [0, 1) of this run, one for each image.
    func mixing(_ images: Tensor) -> Tensor {
        images.graph.random(RandomSource(stream: "penalty/mixing", distribution: .uniform(low: 0, high: 1)), [images.shape[0], 1, 1, 1])
    }
}
