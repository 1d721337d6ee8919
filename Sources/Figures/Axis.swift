/// An axis: scale, range, ticks, and the mapping from values to pixels.
struct Axis {
    struct Tick {
        let value: Double
        let label: String
    }

    let scale: AxisScale
    let lower: Double
    let upper: Double
    let ticks: [Tick]
    private let start: Double
    private let end: Double

    /// An axis covering all of `values` with some margin, and about `wanted` ticks. Non-finite values, and nonpositive values on a
    /// logarithmic axis, are ignored.
    /// - Parameter counting: whether values are counts, so that ticks must be integers
    init(showing values: [Double], scale: AxisScale, wanted: Int, from start: Double, to end: Double, padded: Bool = true, counting: Bool = false) {
        let shown = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
        let (low, high) = Self.ends(shown, scale: scale, padded: padded)
        self.init(lower: low, upper: high, scale: scale, wanted: wanted, from: start, to: end, counting: counting)
    }

    private init(lower: Double, upper: Double, scale: AxisScale, wanted: Int, from start: Double, to end: Double, counting: Bool) {
        self.scale = scale
        self.lower = lower
        self.upper = upper
        self.start = start
        self.end = end
        let values = scale == .linear
            ? AxisTicks.linear(from: lower, to: upper, wanted: wanted)
            : AxisTicks.logarithmic(from: lower, to: upper, wanted: wanted)
        ticks = values.filter { !counting || $0 == $0.rounded() }.map { Tick(value: $0, label: DecimalText.significant($0, digits: 6)) }
    }

    /// The pixel position of a value.
    func position(_ value: Double) -> Double {
        start + fraction(value) * (end - start)
    }

    func shows(_ value: Double) -> Bool {
        value.isFinite && (scale == .linear || value > 0)
    }

    private func fraction(_ value: Double) -> Double {
        switch scale {
        // Halves where the whole is wider than the largest number.
        case .linear: (upper - lower).isFinite ? (value - lower) / (upper - lower) : (value / 2 - lower / 2) / (upper / 2 - lower / 2)
        case .logarithmic:
            (Logarithm.decimal(value) - Logarithm.decimal(lower)) / (Logarithm.decimal(upper) - Logarithm.decimal(lower))
        }
    }

    /// A range extended by 4 % on both sides; a single value gets a margin.
    private static func ends(_ values: [Double], scale: AxisScale, padded: Bool) -> (Double, Double) {
        guard let low = values.min(), let high = values.max() else { return scale == .linear ? (0, 1) : (1, 10) }
        let (lower, upper) = scale == .linear ? linearEnds(low, high, padded: padded) : logarithmicEnds(low, high, padded: padded)
        return (finite(lower), finite(upper))
    }

    private static func finite(_ end: Double) -> Double { min(.greatestFiniteMagnitude, max(-.greatestFiniteMagnitude, end)) }

    private static func linearEnds(_ low: Double, _ high: Double, padded: Bool) -> (Double, Double) {
        if high - low < leastSpan(low, high) {
            let room = low == 0 && high == 0 ? 1 : max(low.magnitude * 0.1, leastSpan(low, high))
            return (low - room, high + room)
        }
        let room = padded ? (high - low).isFinite ? (high - low) * 0.04 : .greatestFiniteMagnitude : 0
        // Nonnegative values do not get a negative range.
        return (low >= 0 ? max(0, low - room) : low - room, high + room)
    }

    /// Below this width the ends are equal: subnormal numbers have too few digits for ticks.
    private static func leastSpan(_ low: Double, _ high: Double) -> Double {
        max(Double.leastNormalMagnitude * 1e3, max(low.magnitude, high.magnitude).ulp)
    }

    private static func logarithmicEnds(_ low: Double, _ high: Double, padded: Bool) -> (Double, Double) {
        // Nothing below the smallest number has a logarithm.
        func above(_ end: Double) -> Double { max(end, .leastNonzeroMagnitude) }
        if high / low < 1.1 { return (above(low / 1.3), max(high * 1.3, above(low / 1.3).nextUp)) }
        let root = (high / low).isFinite ? sixteenthRoot(high / low) : sixteenthRoot(high) / sixteenthRoot(low)
        let room = padded ? 1 + (root - 1) / 2 : 1
        return (above(low / room), high * room)
    }

    /// Four exact square roots: 6 % of the axis ratio, half of it on either side.
    private static func sixteenthRoot(_ value: Double) -> Double { value.squareRoot().squareRoot().squareRoot().squareRoot() }
}
