/// Adam (Kingma and Ba 2015, algorithm 1) on a small vector outside of any network; every operation is rounded once, in order.
struct AdamDescent {
    private(set) var values: [Float]
    private let rate: Float
    private let bounds: ClosedRange<Float>
    private var first: [Float]
    private var second: [Float]
    private var powers: (Double, Double) = (1, 1)

    init(_ values: [Float], rate: Float, bounds: ClosedRange<Float>) {
        self.values = values.map { Swift.min(Swift.max($0, bounds.lowerBound), bounds.upperBound) }
        (self.rate, self.bounds) = (rate, bounds)
        first = [Float](repeating: 0, count: values.count)
        second = first
    }

    /// One step of gradient descent; components of the gradient that are not finite are skipped.
    mutating func move(_ gradients: [Float]) {
        powers = (powers.0 * 0.9, powers.1 * 0.999)
        let corrected = rate * Float((1 - powers.1).squareRoot() / (1 - powers.0))
        for index in values.indices where gradients[index].isFinite {
            first[index] += (gradients[index] - first[index]) * 0.1
            second[index] += (gradients[index] * gradients[index] - second[index]) * 0.001
            let moved = values[index] - corrected * first[index] / (second[index].squareRoot() + 1e-8)
            values[index] = Swift.min(Swift.max(moved, bounds.lowerBound), bounds.upperBound)
        }
    }
}
