import Canonical

/// Round tick values for an axis.
enum AxisTicks {
    /// Multiples of 1, 2, or 5 times a power of ten within the range, as close to `wanted` ticks as possible.
    static func linear(from lower: Double, to upper: Double, wanted: Int) -> [Double] {
        // A step may be up to 30 % shorter than requested: a few more ticks are better than half as many.
        let count = Double(max(1, wanted)), span = upper - lower
        let step = niceStep((span.isFinite ? span / count : upper / count - lower / count) * 0.7)
        guard step.value > 0 else { return [] }
        let first = (lower / step.value).rounded(.up)
        let last = (upper / step.value).rounded(.down)
        guard last - first < 1000, last >= first else { return [] }
        // If the ends are only a few representable numbers apart, a multiple may be rounded far beyond them.
        let air = span.isFinite ? span * 1e-3 : 0
        return (0...Int(saturating: last - first)).map { step.multiple(first + Double($0)) }.filter { $0 >= lower - air && $0 <= upper + air }
    }

    /// Powers of ten, with as many round numbers in between as fit; linear ticks below half a decade.
    static func logarithmic(from lower: Double, to upper: Double, wanted: Int) -> [Double] {
        let decades = Logarithm.decimal(upper) - Logarithm.decimal(lower)
        if decades < 0.5 { return linear(from: lower, to: upper, wanted: wanted) }
        let bottom = DecimalText.decimalExponent(lower)
        let top = DecimalText.decimalExponent(upper)
        let candidates: [[Int]] = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]]
        for digits in candidates {
            let ticks = (bottom...top).flatMap { power in digits.map { multiple(of: $0, power) } }
                .filter { $0 >= lower && $0 <= upper }
            if ticks.count <= wanted + 2 { return ticks }
        }
        let stride = max(1, (top - bottom) / max(1, wanted) + 1)
        return (bottom...top).filter { $0 % stride == 0 }.map { DecimalText.powerOfTen($0) }.filter { $0 >= lower && $0 <= upper }
    }

    /// A step as digit x 10^power, so that its multiples are the doubles nearest to the decimal values.
    struct Step {
        let digit: Int
        let power: Int
        var value: Double { AxisTicks.multiple(of: digit, power) }
        func multiple(_ count: Double) -> Double {
            DecimalText.scaled(count * Double(digit), byPowerOfTen: power)
        }
    }

    /// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
    private static func niceStep(_ least: Double) -> Step {
        guard least > 0, least.isFinite else { return Step(digit: 0, power: 0) }
        let power = DecimalText.decimalExponent(least)
        for digit in [1, 2, 5] where multiple(of: digit, power) >= least { return Step(digit: digit, power: power) }
        return Step(digit: 1, power: power + 1)
    }

    private static func multiple(of digit: Int, _ power: Int) -> Double {
        DecimalText.scaled(Double(digit), byPowerOfTen: power)
    }
}
