import Canonical
import Numerics

/// How far generated points are from the real ones, by their shares of the cells of a grid, in nats.
struct LabMeasures {
    /// Cells on each side of the square.
    static let cells = 40
    /// Generated points that are counted.
    static let generated = 10_240
    /// Real points that are counted: their own error is below that of the generated ones.
    static let real = 131_072

    private let distribution: PlaneDistribution
    /// Shares of the cells, and of everything outside the square.
    let shares: [Double]
    /// What a perfect generator gets with as many points.
    let floor: (kl: Double, js: Double)

    init(_ distribution: PlaneDistribution) {
        self.distribution = distribution
        shares = Self.shares(distribution.points(seed: 0, stream: "reference", step: 0, count: Self.real))
        let perfect = Self.shares(distribution.points(seed: 0, stream: "floor", step: 0, count: Self.generated))
        floor = (Self.kl(shares, perfect), Self.js(shares, perfect))
    }

    /// The share of points in each cell, row by row from the bottom, and last the share outside, where numbers that are not finite count too.
    static func shares(_ points: [Float]) -> [Double] {
        var counts = [Int](repeating: 0, count: cells * cells + 1)
        let extent = Float(PlaneDistribution.extent), scale = Float(cells) / (2 * extent)
        for row in 0..<points.count / 2 {
            let x = (points[2 * row] + extent) * scale, y = (points[2 * row + 1] + extent) * scale
            let isInside = x >= 0 && y >= 0 && x < Float(cells) && y < Float(cells)
            counts[isInside ? Int(y) * cells + Int(x) : cells * cells] += 1
        }
        return counts.map { Double($0) / Double(points.count / 2) }
    }

    /// KL divergence of the generated from the real shares. Half a point is added to each cell of the generated ones, so that it is finite.
    static func kl(_ real: [Double], _ generated: [Double]) -> Double {
        let points = Double(Self.generated), all = points + 0.5 * Double(real.count)
        var sum = 0.0
        for (p, share) in zip(real, generated) where p > 0 { sum += p * RealFunctions.logarithm(p / ((share * points + 0.5) / all)) }
        return sum
    }

    /// Jensen-Shannon divergence of the shares, at most log 2.
    static func js(_ real: [Double], _ generated: [Double]) -> Double {
        var sum = 0.0
        for (p, q) in zip(real, generated) {
            let middle = (p + q) / 2
            if p > 0 { sum += p / 2 * RealFunctions.logarithm(p / middle) }
            if q > 0 { sum += q / 2 * RealFunctions.logarithm(q / middle) }
        }
        return sum
    }

    /// The facts of generated points, with their shares.
    func facts(_ points: [Float]) -> (facts: [String: JSONValue], shares: [Double]) {
        let shares = Self.shares(points)
        var facts: [String: JSONValue] = [
            "kl": .number(Self.kl(self.shares, shares)), "js": .number(Self.js(self.shares, shares)), "outside": .number(shares[shares.count - 1]),
        ]
        facts["modes"] = distribution.hasModes ? modes(points) : .null
        return (facts, shares)
    }

    /// Modes with a point within three standard deviations (strict); with 1 % of all points within a quarter of the least distance between modes (soft); the share of points within
    /// three standard deviations, and the entropy of the nearest modes.
    private func modes(_ points: [Float]) -> JSONValue {
        let places = distribution.places
        var least = Double.infinity
        for (index, place) in places.enumerated() { for other in places[..<index] { least = min(least, ((place - other) * (place - other)).sum()) } }
        let soft = least / 16, strict = 9 * distribution.deviation * distribution.deviation
        var nearest = [Int](repeating: 0, count: places.count), near = nearest, close = nearest
        let count = points.count / 2
        for row in 0..<count {
            let point = SIMD2(Double(points[2 * row]), Double(points[2 * row + 1]))
            var best = 0, distance = Double.infinity
            for (index, place) in places.enumerated() {
                let difference = place - point, square = (difference * difference).sum()
                if square < distance { (best, distance) = (index, square) }
            }
            nearest[best] += 1
            if distance < soft { near[best] += 1 }
            if distance < strict { close[best] += 1 }
        }
        var entropy = 0.0
        for hits in nearest where hits > 0 { entropy -= Double(hits) / Double(count) * RealFunctions.logarithm(Double(hits) / Double(count)) }
        return .object([
            "all": .count(places.count), "soft": .count(near.count { $0 * 100 >= count }), "strict": .count(close.count { $0 > 0 }),
            "high_quality": .number(Double(close.reduce(0, +)) / Double(count)), "entropy": .number(entropy),
        ])
    }
}
