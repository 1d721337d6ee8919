// Optimizer updates as graph nodes: each takes a parameter and its gradient and returns the new values of the parameter and of the optimizer state.
// They are ordinary elementwise nodes, so the planner fuses each into one kernel that passes over memory once.

/// Adam (Kingma and Ba 2015, algorithm 1 with the order of computation from the end of section 2, as in TensorFlow): the bias corrections
/// are folded into the learning rate, and epsilon is added to the uncorrected square root ("epsilon hat").
public struct Adam: Sendable {
    /// Decay of the first moment, in [0, 1).
    public var beta1: Float
    /// Decay of the second moment, in [0, 1).
    public var beta2: Float
    /// Added to the square root of the second moment, > 0.
    public var epsilon: Float

    /// Creates the optimizer; the defaults are those of the paper.
    public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Bias-corrected learning rate, learningRate * sqrt(1 - beta2^t) / (1 - beta1^t), for update t >= 1. Computed in double precision from products,
    /// divisions, and one square root, so it is the same on every machine; rounded to float32 once.
    public func correctedRate(learningRate: Double, update t: Int) -> Float {
        precondition(t >= 1, "updates are counted from 1")
        let first = 1 - power(Double(beta1), t)
        let second = 1 - power(Double(beta2), t)
        return Float(learningRate * second.squareRoot() / first)
    }

    /// Builds one update step.
    /// - Parameter rate: a scalar tensor that holds `correctedRate`
    /// - Returns: the new values of the parameter and of its two moments, which are parameters named "adam/<name>/m" and "adam/<name>/v"
    public func updates(_ parameter: Tensor, named name: String, gradient: Tensor, rate: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        let graph = parameter.graph
        let m = graph.parameter("adam/\(name)/m", parameter.shape)
        let v = graph.parameter("adam/\(name)/v", parameter.shape)
        let newM = m * beta1 + gradient * (1 - beta1)
        let newV = v * beta2 + gradient.squared() * (1 - beta2)
        let newParameter = parameter - rate * newM / (newV.squareRoot() + epsilon)
        return [(parameter, newParameter), (m, newM), (v, newV)]
    }
}

/// RMSProp (Tieleman and Hinton 2012, lecture 6.5), without momentum or centering. Implementations differ in the placement of epsilon.
public struct RMSProp: Sendable {
    /// Where epsilon is added.
    public enum EpsilonPlacement: String, Sendable {
        /// gradient / sqrt(v + epsilon): TensorFlow.
        case insideSquareRoot
        /// gradient / (sqrt(v) + epsilon): PyTorch.
        case outsideSquareRoot
    }

    /// Learning rate, > 0.
    public var learningRate: Float
    /// Decay of the moving average of squared gradients, in [0, 1).
    public var decay: Float
    /// Added to the moving average or to its square root, > 0.
    public var epsilon: Float
    /// Where epsilon is added.
    public var placement: EpsilonPlacement

    /// Creates the optimizer; the defaults are TensorFlow's.
    public init(learningRate: Float, decay: Float = 0.9, epsilon: Float = 1e-10, placement: EpsilonPlacement = .insideSquareRoot) {
        self.learningRate = learningRate
        self.decay = decay
        self.epsilon = epsilon
        self.placement = placement
    }

    /// Builds one update step. The moving average is a parameter named "rmsprop/<name>/v".
    public func updates(_ parameter: Tensor, named name: String, gradient: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        let v = parameter.graph.parameter("rmsprop/\(name)/v", parameter.shape)
        let newV = v * decay + gradient.squared() * (1 - decay)
        let root = switch placement {
        case .insideSquareRoot: (newV + epsilon).squareRoot()
        case .outsideSquareRoot: newV.squareRoot() + epsilon
        }
        return [(parameter, parameter - gradient * learningRate / root), (v, newV)]
    }
}

/// Stochastic gradient descent without momentum.
public struct SGD: Sendable {
    /// Learning rate, > 0.
    public var learningRate: Float
    /// Creates the optimizer.
    public init(learningRate: Float) { self.learningRate = learningRate }

    /// Builds one update step.
    public func updates(_ parameter: Tensor, gradient: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        [(parameter, parameter - gradient * learningRate)]
    }
}

extension Tensor {
    /// One step of an exponential moving average: decay * self + (1 - decay) * value.
    public func movingAverage(towards value: Tensor, decay: Float) -> Tensor { self * decay + value * (1 - decay) }
}

/// Gradient clipping by global norm: scales all gradients by one factor so that their joint Euclidean norm is at most `norm`.
public func clipped(_ gradients: [Tensor], toGlobalNorm norm: Float) -> [Tensor] {
    guard let first = gradients.first else { return [] }
    let total = gradients.dropFirst().reduce(first.squared().sum()) { $0 + $1.squared().sum() }.squareRoot()
    let factor = Tensor.minimum(first.graph.constant(1), first.graph.constant(norm) / total)
    return gradients.map { $0 * factor }
}

/// Gradient clipping by value: clamps every element of all gradients to [-limit, limit].
public func clipped(_ gradients: [Tensor], toValue limit: Float) -> [Tensor] { gradients.map { $0.clamped(low: -limit, high: limit) } }

/// x^n for n >= 0 by repeated squaring: products only, hence the same on every machine.
func power(_ x: Double, _ n: Int) -> Double {
    var result = 1.0
    var square = x
    var remaining = n
    while remaining > 0 {
        if remaining & 1 == 1 { result *= square }
        square *= square
        remaining >>= 1
    }
    return result
}
