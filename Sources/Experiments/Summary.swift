/// Mean, sample standard deviation (divisor n - 1), and extrema of some values, summed in order.
struct Summary: Equatable {
    let mean: Double
    let deviation: Double
    let least: Double
    let greatest: Double

    /// - Precondition: at least two values
    init(_ values: [Double]) {
        precondition(values.count >= 2)
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        self.mean = mean
        deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
        (least, greatest) = (values.reduce(.infinity, min), values.reduce(-.infinity, max))
    }

    /// Formats a number with four decimals, without the C library.
    static func text(_ value: Double) -> String {
        let scaled = (value.magnitude * 10_000).rounded(.toNearestOrAwayFromZero)
        guard scaled < 1e15 else { return value.description }
        let digits = Int(scaled)
        let fraction = String(digits % 10_000)
        return (value < 0 && digits > 0 ? "-" : "") + "\(digits / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}
