import Numerics

/// Generates the points of a `PointRecipe`.
///
/// Point i of a split uses the numbers 2 i and 2 i + 1 of the stream "points/RECIPE/SPLIT/noise" (standard normal), and number i of
/// "points/RECIPE/SPLIT/place": its mode, or its position along the roll.
struct PointGenerator {
    let recipe: PointRecipe

    /// A longer split of the same name starts with the points of a shorter one.
    func split(_ name: String, count: Int) -> DatasetSplit {
        let noise = RandomStream(seed: 0, name: "points/\(recipe.name)/\(name)/noise")
            .numbers(.normal(mean: 0, deviation: 1), step: 0, count: 2 * count)
        let place = RandomStream(seed: 0, name: "points/\(recipe.name)/\(name)/place")
        var values: [Float] = []
        values.reserveCapacity(2 * count)
        let centers = centers(place, count: count)
        for i in 0..<count {
            values.append(Float((centers.points[i].0 + deviation * Double(noise[2 * i])) / divisor))
            values.append(Float((centers.points[i].1 + deviation * Double(noise[2 * i + 1])) / divisor))
        }
        return DatasetSplit(name: name, shape: recipe.shape, pixels: .floats(values), labels: centers.modes)
    }

    private var deviation: Double {
        switch recipe {
        case .ring: 0.02
        case .grid: 0.05
        case .swissRoll: 0.25
        }
    }

    private var divisor: Double {
        switch recipe {
        case .ring: 1.414
        case .grid: 2.828
        case .swissRoll: 7.5
        }
    }

    /// The noiseless points and their modes.
    private func centers(_ place: RandomStream, count: Int) -> (points: [(Double, Double)], modes: [UInt8]?) {
        switch recipe {
        case .ring:
            let modes = place.integers(below: PointRecipe.ringCenters.count, step: 0, count: count)
            return (modes.map { PointRecipe.ringCenters[$0] }, modes.map(UInt8.init))
        case .grid:
            let modes = (0..<count).map { $0 % PointRecipe.gridCenters.count }
            return (modes.map { PointRecipe.gridCenters[$0] }, modes.map(UInt8.init))
        case .swissRoll:
            return (place.words(step: 0, count: count).map(roll), nil)
        }
    }

    /// t (cos t, sin t) with t = 1.5 pi (1 + 2 u), which is 0.75 (1 + 2 u) turns.
    private func roll(_ word: UInt32) -> (Double, Double) {
        let turns = 0.75 * (1 + 2 * (Double(word) / 4_294_967_296))
        let t = turns * (2 * Double.pi)
        let (cosine, sine) = cosineAndSine(turns: turns)
        return (t * cosine, t * sine)
    }
}
