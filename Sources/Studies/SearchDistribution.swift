public import Numerics

/// What a search draws the values of one hyperparameter from.
public enum SearchDistribution: Sendable, Hashable {
    /// Uniform on [low, high).
    case uniform(low: Double, high: Double)
    /// Ten to the power of a number uniform on [low, high): the bounds are exponents, so -5 and -2 mean 0.00001 to 0.01.
    case logUniform10(low: Double, high: Double)
    /// Each of the values with the same probability.
    case choice([HyperparameterValue])
    /// Always the same value.
    case fixed(HyperparameterValue)

    /// Whether an axis of these values is best drawn logarithmically.
    public var isLogarithmic: Bool {
        if case .logUniform10 = self { true } else { false }
    }

    /// The value that belongs to (step, index) of a stream; it depends on nothing else.
    ///
    /// Index i owns the words 4 i ... 4 i + 3 of the step. A real number uses the first two (low word first), of which
    /// the upper 53 bits are the fraction u on [0, 1); a choice uses `RandomStream.integer(below:step:index:)`. Real
    /// numbers are rounded to six significant decimal digits; where that would reach the upper bound, they are cut.
    public func value(in stream: RandomStream, step: UInt64, index: Int) -> HyperparameterValue {
        switch self {
        case .uniform(let low, let high):
            let fraction = Self.fraction(in: stream, step: step, index: index)
            return .real(SignificantDigits.six(low + (high - low) * fraction, below: high))
        case .logUniform10(let low, let high):
            let fraction = Self.fraction(in: stream, step: step, index: index)
            let power = PowerOfTen.value(low + (high - low) * fraction)
            return .real(SignificantDigits.six(power, below: PowerOfTen.value(high)))
        case .choice(let values):
            return values[stream.integer(below: values.count, step: step, index: index)]
        case .fixed(let value):
            return value
        }
    }

    /// The values at both ends of what can be drawn.
    var extremes: [HyperparameterValue] {
        switch self {
        case .uniform(let low, let high):
            [.real(low), .real(SignificantDigits.six(high.nextDown, below: high))]
        case .logUniform10(let low, let high):
            [PowerOfTen.value(low), PowerOfTen.value(high).nextDown].map {
                .real(SignificantDigits.six($0, below: PowerOfTen.value(high)))
            }
        case .choice(let values): values
        case .fixed(let value): [value]
        }
    }

    private static func fraction(in stream: RandomStream, step: UInt64, index: Int) -> Double {
        let words = stream.words(step: step, start: 4 * index, count: 2)
        return Double((UInt64(words[0]) | UInt64(words[1]) << 32) >> 11) * 0x1p-53
    }
}
