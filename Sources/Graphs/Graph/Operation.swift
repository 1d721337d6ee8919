public import Numerics

/// An elementwise function. Comparisons return 1 or 0 and have no gradient.
public enum ElementwiseFunction: String, Sendable, Hashable, CaseIterable {
    case copy
    case add, subtract, multiply, divide, minimum, maximum
    case negate, absolute, square, squareRoot, reciprocalSquareRoot, reciprocal, sign
    case exponential, exponentialMinusOne, logarithm, logarithmOnePlus, tanh, sigmoid, softplus, sine, cosine
    case greater, greaterOrEqual, equal, select
    case floor, round

    /// Number of operands.
    package var arity: Int {
        switch self {
        case .add, .subtract, .multiply, .divide, .minimum, .maximum, .greater, .greaterOrEqual, .equal: 2
        case .select: 3
        case .copy, .negate, .absolute, .square, .squareRoot, .reciprocalSquareRoot, .reciprocal, .sign, .exponential, .exponentialMinusOne, .logarithm,
            .logarithmOnePlus, .tanh, .sigmoid, .softplus, .sine, .cosine, .floor, .round: 1
        }
    }
}

/// A reduction over an axis.
public enum Reduction: String, Sendable, Hashable { case sum, maximum }

/// The source of a random tensor. The number at (stream, step, index) depends on nothing else.
public struct RandomSource: Sendable, Hashable {
    /// Name of the stream, unique per purpose.
    public var stream: String
    /// Distribution of the numbers.
    public var distribution: RandomStream.Distribution

    /// Creates a source.
    public init(stream: String, distribution: RandomStream.Distribution) {
        self.stream = stream
        self.distribution = distribution
    }
}

/// The primitive operations. Models are composed of these alone; each has a gradient rule in `GradientRules.swift`.
enum Operation: Hashable, Sendable {
    // Sources.
    case input(String)
    case parameter(String)
    case constant(Float)
    case table(Int)
    case random(RandomSource)
    // Views, which own no memory.
    case reshape
    case broadcast
    case permute([Int])
    case slice(starts: [Int], steps: [Int])
    case stopGradient
    case overrideGradient(Int)
    /// Output `output` of the checkpointed segment with this index.
    case checkpoint(segment: Int, output: Int)
    /// An input of a checkpointed segment, as the recomputation with this number reads it.
    case recalled(Int)
    // Operations that compute.
    case elementwise(ElementwiseFunction)
    case reduce(Reduction)  // [outer, rows, inner] -> [outer, inner]
    case pad(before: [Int])
    case concatenate(axis: Int)
    case product(transposeA: Bool, transposeB: Bool)
    case convolution(ConvolutionGeometry)
    case convolutionInputGradient(ConvolutionGeometry)
    case convolutionWeightGradient(ConvolutionGeometry)
    case gatherRows
    case scatterRows(count: Int)
    case matrix(MatrixFunction)

    var isView: Bool {
        switch self {
        case .reshape, .broadcast, .permute, .slice, .stopGradient, .overrideGradient, .checkpoint, .recalled: true
        default: false
        }
    }
}
