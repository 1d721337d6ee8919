package import Numerics

/// k-means clustering by Lloyd's algorithm with k-means++ initialization, bit-reproducible: Philox random numbers, ties to the
/// lower index, sums in a fixed order.
/// - Source: Lloyd 1982; Arthur and Vassilvitskii 2007.
package struct KMeans {
    /// The cluster of each point.
    package private(set) var labels: [Int]
    package private(set) var centers: Matrix
    /// Maximum number of iterations.
    package static let maximumRounds = 100

    /// The best of several initializations by the sum of squared distances; the first of equal ones.
    /// - Parameters:
    ///   - run: in 0..<128; clusterings with different run numbers are independent.
    ///   - starts: initialization s uses the random numbers of step run + 128 s, so it does not depend on the number of starts.
    /// - Precondition: points and clusters are not empty
    init(_ points: Matrix, clusters: Int, stream: RandomStream, run: Int, starts: Int = 1) {
        precondition(0..<128 ~= run && starts > 0, "run \(run) of \(starts) starts")
        var best = Self(points, from: Self.start(points, clusters, stream, UInt64(run)))
        var least = starts > 1 ? best.spread(points) : 0
        for start in 1..<max(1, starts) {
            let other = Self(points, from: Self.start(points, clusters, stream, UInt64(run + 128 * start)))
            let spread = other.spread(points)
            if spread < least { (best, least) = (other, spread) }
        }
        self = best
    }

    /// The sum of squared distances of all points to their centers.
    private func spread(_ points: Matrix) -> Double {
        var sum = 0.0
        points.squaredDistances(to: centers) { rows, block in
            for (place, row) in rows.enumerated() { sum += block[place, labels[row]] }
        }
        return sum
    }

    /// Lloyd's algorithm from given centers, until no label changes or for `rounds` iterations.
    package init(_ points: Matrix, from start: Matrix, rounds: Int = maximumRounds) {
        centers = start
        labels = Self.nearest(points, start)
        for _ in 0..<rounds {
            centers = means(points)
            let next = Self.nearest(points, centers)
            if next == labels { break }
            labels = next
        }
    }

    /// k-means++: the first center is a uniformly random point, each further one a point with probability proportional to its squared distance to the
    /// nearest center so far. If every point is already a center, there are fewer clusters.
    private static func start(_ points: Matrix, _ clusters: Int, _ stream: RandomStream, _ step: UInt64) -> Matrix {
        var chosen = [Swift.min(points.rows - 1, Int(uniform(stream, step, 0) * Double(points.rows)))]
        var squares = [Double](repeating: .infinity, count: points.rows)
        while chosen.count < clusters {
            let center = points.rows(chosen[chosen.count - 1]..<chosen[chosen.count - 1] + 1)
            points.squaredDistances(to: center) { rows, block in
                for (place, row) in rows.enumerated() { squares[row] = Swift.min(squares[row], block[place, 0]) }
            }
            guard let next = drawn(squares, uniform(stream, step, chosen.count)) else { break }
            chosen.append(next)
        }
        return Matrix(rows: chosen.count, columns: points.columns, elements: chosen.flatMap { points.rows($0..<$0 + 1).elements })
    }

    /// The first index whose cumulative weight exceeds u times the total, or nil if all weights are 0.
    private static func drawn(_ weights: [Double], _ u: Double) -> Int? {
        let total = weights.reduce(0, +)
        guard total > 0 else { return nil }
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            sum += weight
            if sum > u * total { return index }
        }
        return weights.lastIndex { $0 > 0 }
    }

    /// Uniform on [0, 1) with a resolution of 2^-53.
    private static func uniform(_ stream: RandomStream, _ step: UInt64, _ index: Int) -> Double {
        let words = stream.words(step: step, start: 2 * index, count: 2)
        return Double((UInt64(words[0]) << 32 | UInt64(words[1])) >> 11) * 0x1p-53
    }

    private static func nearest(_ points: Matrix, _ centers: Matrix) -> [Int] {
        var labels = [Int](repeating: 0, count: points.rows)
        points.squaredDistances(to: centers) { rows, block in
            for (place, row) in rows.enumerated() {
                var best = 0
                for center in 1..<Swift.max(1, block.columns) where block[place, center] < block[place, best] { best = center }
                labels[row] = best
            }
        }
        return labels
    }

    /// The mean of each cluster; empty clusters keep their center.
    private func means(_ points: Matrix) -> Matrix {
        let width = points.columns
        var sums = [Double](repeating: 0, count: centers.rows * width), counts = [Int](repeating: 0, count: centers.rows)
        for (row, label) in labels.enumerated() {
            counts[label] += 1
            for column in 0..<width { sums[label * width + column] += points.elements[row * width + column] }
        }
        for (label, count) in counts.enumerated() {
            for column in 0..<width {
                sums[label * width + column] = count > 0 ? sums[label * width + column] / Double(count) : centers[label, column]
            }
        }
        return Matrix(rows: centers.rows, columns: width, elements: sums)
    }
}
