/// Mean and standard deviation of a score over parts of the samples.
public struct Spread: Sendable, Equatable {
    /// Mean over the parts.
    public let mean: Double
    /// Standard deviation; nil if there is only one part.
    public let deviation: Double?

    /// - Parameter divisorLess: 1 for the divisor n - 1, 0 for n
    init(_ values: [Double], divisorLess: Int) {
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = values.count > 1 ? (squares / Double(values.count - divisorLess)).squareRoot() : nil
    }
}
