import Testing

import Metrics
import Numerics

@Suite struct FrechetDistanceTests {
    private func gaussian(_ mean: [Double], _ covariance: Matrix) -> GaussianFit {
        GaussianFit(count: 1000, mean: mean, covariance: covariance)
    }

    /// A rotation in the plane of the first two axes by the angle with cosine 3/5.
    private func turned(_ matrix: Matrix) -> Matrix {
        let turn = Matrix(rows: 2, columns: 2, elements: [0.6, -0.8, 0.8, 0.6])
        return turn.multiplied(by: matrix).multiplied(by: turn.transposed)
    }

    @Test func knownGaussians() throws {
        let one = gaussian([0, 0], .identity(2))
        #expect(try FrechetDistance.between(one, gaussian([3, 4], .identity(2))) == 25)
        // For commuting covariances: the sum of (s1 - s2)^2 over the standard deviations.
        let wide = gaussian([0, 0], Matrix(diagonal: [4, 9]))
        #expect(abs(try FrechetDistance.between(one, wide) - 5) < 1e-14)
        let other = gaussian([1, 0], turned(Matrix(diagonal: [16, 25])))
        #expect(abs(try FrechetDistance.between(gaussian([0, 0], turned(Matrix(diagonal: [1, 4]))), other) - (1 + 9 + 9)) < 1e-13)
        // In one dimension: (m1 - m2)^2 + (s1 - s2)^2.
        let line = try FrechetDistance.between(gaussian([2], Matrix(diagonal: [9])), gaussian([-1], Matrix(diagonal: [0.25])))
        #expect(abs(line - (9 + 6.25)) < 1e-14)
    }

    @Test("not commuting: Tr (A B)^(1/2) = sqrt(Tr AB + 2 sqrt(det AB)) in two dimensions")
    func planes() throws {
        let a = Matrix(rows: 2, columns: 2, elements: [2, 0.5, 0.5, 1]), b = Matrix(rows: 2, columns: 2, elements: [1, -0.9, -0.9, 3])
        let product = a.multiplied(by: b)
        let determinant = product[0, 0] * product[1, 1] - product[0, 1] * product[1, 0]
        let expected = a.trace + b.trace - 2 * (product.trace + 2 * determinant.squareRoot()).squareRoot()
        #expect(abs(try FrechetDistance.between(gaussian([0, 0], a), gaussian([0, 0], b)) - expected) < 1e-13)
    }

    @Test func aSetIsAtNoDistanceFromItself() throws {
        let features = (0..<4000).map { Float(($0 * 7919) % 1009) / 100 }
        let fit = try GaussianFit(features: features, dimension: 8)
        #expect(try FrechetDistance.between(fit, fit) < 1e-12 * fit.covariance.trace)
        let constant = try GaussianFit(features: [Float](repeating: 0.25, count: 90), dimension: 3)
        #expect(try FrechetDistance.between(constant, constant) == 0)
    }

    @Test func degenerateGaussians() throws {
        let point = gaussian([1, 1], Matrix(rows: 2, columns: 2)), line = gaussian([0, 1], Matrix(diagonal: [4, 0]))
        #expect(try FrechetDistance.between(point, line) == 5)
        #expect(try FrechetDistance.between(line, point) == 5)
    }

    @Test func whatCannotBeCompared() throws {
        let plane = gaussian([0, 0], .identity(2)), line = gaussian([0], .identity(1))
        #expect(throws: MetricError.differentDimensions(2, 1)) { try FrechetDistance.between(plane, line) }
        let unsound = gaussian([0, 0], Matrix(diagonal: [1, -1]))
        #expect(throws: MetricError.arithmetic("\(LinearAlgebraError.notPositive(row: 1))")) { try FrechetDistance.between(unsound, plane) }
        #expect(throws: MetricError.tooFewSamples(count: 4, dimension: 4)) {
            try GaussianFit(features: [Float](repeating: 0, count: 16), dimension: 4)
        }
        #expect(MetricError.tooFewSamples(count: 4, dimension: 4).description.contains("at least 5"))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func featuresThatAreNotFinite(value: Float) throws {
        var builder = GaussianFitBuilder(dimension: 3)
        try builder.add([Float](repeating: 1, count: 6))
        #expect(throws: MetricError.notFinite(sample: 3, feature: 1)) { try builder.add([0, 0, 0, 0, value, 0]) }
        #expect(builder.count == 2)
    }
}
