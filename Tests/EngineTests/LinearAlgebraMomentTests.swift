import TestSupport
import Testing

@testable import Numerics

@Suite struct LinearAlgebraMomentTests {
    /// Vectors whose components have different scales and means.
    private func vectors(_ count: Int, _ dimension: Int) -> [Float] {
        var random = TestRandom(seed: 12)
        return (0..<count * dimension).map { i in
            let column = Float(i % dimension)
            return 100 * column + (1 + column) * Float.random(in: -1...1, using: &random)
        }
    }

    private func moments(_ values: [Float], _ dimension: Int, portion: Int, kernels: LinearKernels = .best) -> (mean: [Double], covariance: Matrix) {
        var accumulator = MomentAccumulator(dimension: dimension, kernels: kernels)
        for start in stride(from: 0, to: values.count, by: portion * dimension) {
            accumulator.add(Array(values[start..<min(values.count, start + portion * dimension)]))
        }
        #expect(accumulator.count == values.count / dimension)
        return accumulator.moments()
    }

    @Test("bits do not depend on batch size or vector width", arguments: [5, 1024, 2500])
    func sameBits(count: Int) {
        let dimension = 9, values = vectors(count, dimension)
        let whole = moments(values, dimension, portion: count)
        for portion in [1, 64, 1000, 1024, 1025] {
            let parts = moments(values, dimension, portion: portion)
            #expect(parts.mean == whole.mean && parts.covariance == whole.covariance)
        }
        for kernels in LinearKernels.available {
            let other = moments(values, dimension, portion: 100, kernels: kernels)
            #expect(other.mean == whole.mean && other.covariance == whole.covariance)
        }
    }

    @Test("agrees with the definition", arguments: [2, 1023, 3000])
    func definition(count: Int) {
        let dimension = 4, values = vectors(count, dimension)
        let (mean, covariance) = moments(values, dimension, portion: 100)
        for a in 0..<dimension {
            let expected = (0..<count).reduce(0.0) { $0 + Double(values[$1 * dimension + a]) } / Double(count)
            #expect(abs(mean[a] - expected) < 1e-11)
            for b in 0..<dimension {
                let sum = (0..<count).reduce(0.0) {
                    $0 + (Double(values[$1 * dimension + a]) - mean[a]) * (Double(values[$1 * dimension + b]) - mean[b])
                }
                #expect(abs(covariance[a, b] - sum / Double(count - 1)) < 1e-11)
            }
        }
    }

    @Test func momentsMayBeAskedForInBetween() {
        let values = vectors(1500, 3)
        var accumulator = MomentAccumulator(dimension: 3)
        accumulator.add(Array(values[..<600]))
        _ = accumulator.moments()
        accumulator.add(Array(values[600...]))
        #expect(accumulator.moments().covariance == moments(values, 3, portion: 1500).covariance)
    }

    @Test("the mean of a chunk follows the documented sum tree")
    func tree() {
        let values = vectors(37, 1)
        var lanes = [Double](repeating: 0, count: 16)
        for (i, value) in values.enumerated() { lanes[i % 16] += Double(value) }
        for half in [8, 4, 2, 1] {
            for lane in 0..<half { lanes[lane] += lanes[lane + half] }
        }
        #expect(moments(values, 1, portion: 37).mean == [lanes[0] / 37])
    }
}
