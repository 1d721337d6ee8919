internal import Numerics

/// The squared distance of each sample of a set to its k-th nearest other sample.
struct NeighborRadii {
    let squares: [Double]

    /// - Precondition: set.count > k >= 1
    init(_ set: FeatureSet, k: Int, threads: Int = 1) {
        var squares: [Double] = []
        squares.reserveCapacity(set.count)
        set.matrix.squaredDistances(to: set.matrix, threads: threads) { rows, block in
            for (place, row) in rows.enumerated() { squares.append(Self.kth(k, block, place, leavingOut: row)) }
        }
        self.squares = squares
    }

    /// The k-th smallest element of a row of the block, excluding the sample itself.
    private static func kth(_ k: Int, _ block: Matrix, _ place: Int, leavingOut own: Int) -> Double {
        var least = [Double](repeating: .infinity, count: k)
        let start = place * block.columns
        for column in 0..<block.columns where column != own {
            let value = block.elements[start + column]
            guard value < least[k - 1] else { continue }
            var slot = k - 1
            while slot > 0, least[slot - 1] > value {
                least[slot] = least[slot - 1]
                slot -= 1
            }
            least[slot] = value
        }
        return least[k - 1]
    }

    /// Number of `points` within the closed ball of at least one sample.
    func covered(_ points: FeatureSet, centers: FeatureSet, threads: Int = 1) -> Int {
        var count = 0
        points.matrix.squaredDistances(to: centers.matrix, threads: threads) { rows, block in
            for place in 0..<rows.count {
                let start = place * block.columns
                if (0..<block.columns).contains(where: { block.elements[start + $0] <= squares[$0] }) { count += 1 }
            }
        }
        return count
    }
}
