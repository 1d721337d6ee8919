import Testing

@testable import Graphs

/// The gradient penalty of WGAN-GP through a whole small critic (convolution, batch normalization with scale and offset, leaky ReLU, twice, and a
/// linear layer), differentiated with respect to the critic's variables and the images: against central differences in double precision, and then as a
/// session computes it. The penalty contains first derivatives, so this tests second-order gradients of every layer together.
@Suite struct PenaltyTests {
    private static let shapes: [Shape] = [[4, 5, 5, 1], [3, 4, 4, 1], [3], [3], [2, 4, 4, 3], [2], [2], [8, 1]]

    /// - Shapes: images [4, 5, 5, 1] -> [4]
    private static func scores(_ images: Tensor, _ variables: [Tensor]) -> Tensor {
        var x = images
        for layer in 0..<2 {
            let at = layer * 3
            x = x.convolved(with: variables[at], stride: 2, padding: .same).standardized(epsilon: 0.1).normalized
            x = (x * (variables[at + 1] + 1.5) + variables[at + 2]).leakyReLU()
        }
        return Tensor.matmul(x.reshaped([4, 8]), variables[6]).reshaped([4])
    }

    /// E (|g| - 1)^2, plus a critic's loss, so that first-order gradients occur too.
    private static func loss(_ inputs: [Tensor], penalized: Bool = true) -> Tensor {
        let (points, variables) = (inputs[0], Array(inputs[1...]))
        let scores = scores(points, variables)
        guard penalized else { return scores.mean() }
        let gradient = points.graph.gradients(of: scores.sum(), for: [points])[0]
        let lengths = (gradient.squared().sum(axes: [1, 2, 3]) + 1e-4).squareRoot()
        return (lengths - 1).squared().mean() * 10 + scores.squared().mean()
    }

    @Test func gradientsOfThePenaltyOfAWholeCritic() throws {
        try GradientTests.check(Self.shapes, low: -1, high: 1, rounding: 1e-4) { Self.loss($0) }
    }

    @Test func firstOrderOfTheSameCritic() throws {
        try GradientTests.check(Self.shapes, low: -1, high: 1, rounding: 1e-5) { Self.loss($0, penalized: false) }
    }
}
