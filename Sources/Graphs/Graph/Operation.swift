public import Numerics

/// An elementwise function. Comparisons give 1 or 0 and have no gradient.
public enum ElementwiseFunction: String, Sendable, Hashable, CaseIterable {
    case copy
    case add, subtract, multiply, divide, minimum, maximum
    case negate, absolute, square, squareRoot, reciprocalSquareRoot, reciprocal, sign
    case exponential, exponentialMinusOne, logarithm, logarithmOnePlus, tanh, sigmoid, softplus, sine, cosine
    case greater, greaterOrEqual, equal, select
    case floor, round

    /// How many operands it takes.
    package var arity: Int {
        switch self {
        case .add, .subtract, .multiply, .divide, .minimum, .maximum, .greater, .greaterOrEqual, .equal: 2
        case .select: 3
        case .copy, .negate, .absolute, .square, .squareRoot, .reciprocalSquareRoot, .reciprocal, .sign, .exponential, .exponentialMinusOne, .logarithm,
            .logarithmOnePlus, .tanh, .sigmoid, .softplus, .sine, .cosine, .floor, .round: 1
        }
    }
}

public enum Reduction: String, Sendable, Hashable { case sum, maximum }

/// Where the numbers of a random tensor come from. The number at (stream, step, index) depends on nothing else.
public struct RandomSource: Sendable, Hashable {
    public var stream: String
    public var distribution: RandomStream.Distribution

    public init(stream: String, distribution: RandomStream.Distribution) {
        self.stream = stream
        self.distribution = distribution
    }
}

/// The primitive operations. Everything a model can say is made of these, and each has a gradient rule in `GradientRules.swift`.
enum Operation: Hashable, Sendable {
    // Sources.
    case input(String)
    case parameter(String)
    case constant(Float)
    case table(Int)
    case random(RandomSource)
    // Views: no memory of their own.
    case reshape
    case broadcast
    case permute([Int])
    case slice(starts: [Int], steps: [Int])
    case stopGradient
    case overrideGradient(Int)
    // Work.
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

    var isView: Bool {
        switch self {
        case .reshape, .broadcast, .permute, .slice, .stopGradient, .overrideGradient: true
        default: false
        }
    }
}
