/// A scale with its ends and ticks, and the way from a value to a pixel.
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

    /// An axis that shows all of `values` with a little air, and about `wanted` ticks. Non-finite values, and on a
    /// logarithmic axis those not above zero, are passed over.
    /// - Parameter counting: whether only whole numbers mean anything.
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

    /// The pixel of a value that the axis can show.
    func position(_ value: Double) -> Double {
        start + fraction(value) * (end - start)
    }

    func shows(_ value: Double) -> Bool {
        value.isFinite && (scale == .linear || value > 0)
    }

    private func fraction(_ value: Double) -> Double {
        switch scale {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic:
            (Logarithm.decimal(value) - Logarithm.decimal(lower)) / (Logarithm.decimal(upper) - Logarithm.decimal(lower))
        }
    }

    /// Ends 4 % beyond the values; one value alone gets room on both sides.
    private static func ends(_ values: [Double], scale: AxisScale, padded: Bool) -> (Double, Double) {
        guard let low = values.min(), let high = values.max() else { return scale == .linear ? (0, 1) : (1, 10) }
        switch scale {
        case .linear:
            if low == high {
                let room = low == 0 ? 1 : low.magnitude * 0.1
                return (low - room, high + room)
            }
            let room = padded ? (high - low) * 0.04 : 0
            // Values that cannot be negative do not get an axis that is.
            return (low >= 0 ? max(0, low - room) : low - room, high + room)
        case .logarithmic:
            if high / low < 1.1 { return (low / 1.3, high * 1.3) }
            // Four exact square roots: the 16th root of the ratio, 6 % of the axis; half of it on either side.
            let root = (high / low).squareRoot().squareRoot().squareRoot().squareRoot()
            let room = padded ? 1 + (root - 1) / 2 : 1
            return (low / room, high * room)
        }
    }
}
