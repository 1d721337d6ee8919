public import Numerics

/// The search distribution of a hyperparameter.
public enum SearchDistribution: Sendable, Hashable {
    /// Uniform on [low, high).
    case uniform(low: Double, high: Double)
    /// Log-uniform: ten to a power uniform on [low, high); the bounds are exponents, so -5 and -2 mean 0.00001 to 0.01.
    case logUniform10(low: Double, high: Double)
    /// Uniform over the values.
    case choice([HyperparameterValue])
    /// Always the same value.
    case fixed(HyperparameterValue)

    /// Whether a logarithmic axis is appropriate.
    public var isLogarithmic: Bool {
        if case .logUniform10 = self { true } else { false }
    }

    /// The value at (step, index) of a stream; it depends on nothing else.
    ///
    /// Index i uses the words 4 i ... 4 i + 3 of the step. A real number uses the first two (low word first), of which
    /// the upper 53 bits are the fraction u on [0, 1); a choice uses `RandomStream.integer(below:step:index:)`. Real
    /// numbers are rounded to six significant decimal digits, or truncated if rounding would reach the upper bound.
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

    /// The extreme values that can be drawn.
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
