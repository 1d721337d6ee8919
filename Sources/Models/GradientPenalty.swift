import Numerics
import Graphs

/// A term of the discriminator's loss that pulls the norm of its gradient with respect to images toward 1.
protocol GradientPenalty {
    /// The weight of the penalty, lambda.
    var weight: Float { get }

    /// The unweighted penalty, a scalar.
    /// - Parameter discriminator: maps images [batch, h, w, c] to logits [batch] in a separate forward pass
    /// - Shapes: real, generated [batch, h, w, c]
    func value(real: Tensor, generated: Tensor, discriminator: (Tensor) -> Tensor) -> Tensor
}

extension GradientPenalty {
    /// P(g) = E (sqrt(1e-4 + |g|^2) - 1)^2, with g the gradient of each image's own output. The 1e-4 keeps the penalty
    /// differentiable where the gradient vanishes.
    /// - Shapes: outputs [batch], points [batch, h, w, c] -> scalar
    /// - Source: Gulrajani et al. 2017, equation 3; the 1e-4 is from the study's released code.
    /// - Differs: with batch normalization, an image's output depends on the other images; as in that code, the gradient is that of the sum of the outputs.
    func penalty(outputs: Tensor, points: Tensor) -> Tensor {
        let gradient = points.graph.gradients(of: outputs.sum(), for: [points])[0]
        let lengths = (gradient.squared().sum(axes: [1, 2, 3]) + 1e-4).squareRoot()
        return (lengths - 1).squared().mean()
    }

    /// Uniform random numbers in [0, 1), one per image.
    func mixing(_ images: Tensor) -> Tensor {
        images.graph.random(RandomSource(stream: "penalty/mixing", distribution: .uniform(low: 0, high: 1)), [images.shape[0], 1, 1, 1])
    }
}
