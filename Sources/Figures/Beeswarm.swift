/// Beeswarm layout: offsets overlapping points sideways, so that each stays visible at its true value.
enum Beeswarm {
    /// The offset of each point perpendicular to the axis, in the given order.
    ///
    /// Points are placed in order of position, each as close to the center as the placed ones allow; ties keep the
    /// given order. If the swarm exceeds `limit` on either side, all offsets are scaled down. With more than 2,000
    /// points, each point checks only its nearest neighbors. A cancelled task stops early.
    /// - Parameters:
    ///   - positions: along the axis, in pixels.
    ///   - diameter: the minimum distance between the centers of two points.
    static func offsets(_ positions: [Double], diameter: Double, limit: Double) -> [Double] {
        let order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
        var offsets = [Double](repeating: 0, count: positions.count)
        var placed: [Int] = []
        let mostNeighbors = positions.count > 2000 ? 40 : Int.max
        for (rank, index) in order.enumerated() where !Task.isCancelled {
            let near = placed.reversed().prefix { positions[index] - positions[$0] < diameter }.prefix(mostNeighbors)
            offsets[index] = nearestFree(positions[index], near.map { (positions[$0], offsets[$0]) }, diameter, upFirst: rank % 2 == 0)
            placed.append(index)
        }
        let reach = offsets.reduce(0) { max($0, $1.magnitude) }
        return reach > limit ? offsets.map { $0 * limit / reach } : offsets
    }

    private static func nearestFree(
        _ position: Double, _ neighbors: [(position: Double, offset: Double)], _ diameter: Double, upFirst: Bool
    ) -> Double {
        var candidates = [0.0]
        for neighbor in neighbors {
            let along = position - neighbor.position
            let across = (diameter * diameter - along * along).squareRoot()
            candidates += upFirst ? [neighbor.offset - across, neighbor.offset + across] : [neighbor.offset + across, neighbor.offset - across]
        }
        let ranked = candidates.enumerated().sorted { ($0.element.magnitude, $0.offset) < ($1.element.magnitude, $1.offset) }
        let slack = diameter * diameter * 0.999
        let free = ranked.first { candidate in
            neighbors.allSatisfy {
                let along = position - $0.position
                let across = candidate.element - $0.offset
                return along * along + across * across >= slack
            }
        }
        return free?.element ?? 0
    }
}
