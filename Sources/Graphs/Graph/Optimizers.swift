// Update rules as graph nodes: each takes a parameter and its gradient and returns the new values of the parameter and of its state.
// Being ordinary elementwise nodes they are fused into one kernel that passes over the memory once.

/// Adam (Kingma and Ba 2015, algorithm 1 with the order of computation of its section 2, which is also TensorFlow's): the bias corrections
/// are folded into the rate, and epsilon is added to the uncorrected square root ("epsilon hat").
public struct Adam: Sendable {
    public var beta1: Float
    public var beta2: Float
    public var epsilon: Float

    public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// rate * sqrt(1 - beta2^t) / (1 - beta1^t) for update number t >= 1, computed in double precision from products, divisions and one square root.
    public func correctedRate(learningRate: Double, update t: Int) -> Float {
        precondition(t >= 1, "updates are counted from 1")
        let first = 1 - power(Double(beta1), t)
        let second = 1 - power(Double(beta2), t)
        return Float(learningRate * second.squareRoot() / first)
    }

    /// - Parameter rate: a scalar tensor holding `correctedRate`.
    /// - Returns: the updates of the parameter and of its two moments, kept as parameters "adam/<name>/m" and "adam/<name>/v".
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

/// RMSProp (Tieleman and Hinton 2012). The two conventions in use differ in where epsilon stands.
public struct RMSProp: Sendable {
    public enum EpsilonPlacement: String, Sendable {
        /// gradient / sqrt(v + epsilon): TensorFlow.
        case insideSquareRoot
        /// gradient / (sqrt(v) + epsilon): PyTorch.
        case outsideSquareRoot
    }

    public var learningRate: Float
    public var decay: Float
    public var epsilon: Float
    public var placement: EpsilonPlacement

    public init(learningRate: Float, decay: Float = 0.9, epsilon: Float = 1e-10, placement: EpsilonPlacement = .insideSquareRoot) {
        self.learningRate = learningRate
        self.decay = decay
        self.epsilon = epsilon
        self.placement = placement
    }

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

/// Plain gradient descent.
public struct SGD: Sendable {
    public var learningRate: Float
    public init(learningRate: Float) { self.learningRate = learningRate }

    public func updates(_ parameter: Tensor, gradient: Tensor) -> [(parameter: Tensor, value: Tensor)] {
        [(parameter, parameter - gradient * learningRate)]
    }
}

extension Tensor {
    /// decay * self + (1 - decay) * value.
    public func movingAverage(towards value: Tensor, decay: Float) -> Tensor { self * decay + value * (1 - decay) }
}

/// All gradients scaled so that their joint Euclidean norm is at most `norm`.
public func clipped(_ gradients: [Tensor], toGlobalNorm norm: Float) -> [Tensor] {
    guard let first = gradients.first else { return [] }
    let total = gradients.dropFirst().reduce(first.squared().sum()) { $0 + $1.squared().sum() }.squareRoot()
    let factor = Tensor.minimum(first.graph.constant(1), first.graph.constant(norm) / total)
    return gradients.map { $0 * factor }
}

/// Every element of all gradients clamped to [-limit, limit].
public func clipped(_ gradients: [Tensor], toValue limit: Float) -> [Tensor] { gradients.map { $0.clamped(low: -limit, high: limit) } }

/// x^n for n >= 0 by repeated squaring: products only, so every machine agrees.
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
