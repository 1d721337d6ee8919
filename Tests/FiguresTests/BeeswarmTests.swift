import Testing

@testable import Figures

@Suite struct BeeswarmTests {
    @Test func pointsApartStayInTheMiddle() {
        #expect(Beeswarm.offsets([0, 20, 40], diameter: 10, limit: 50) == [0, 0, 0])
    }

    @Test func noTwoPointsOverlap() {
        let positions = (0..<120).map { Double(($0 * 37) % 101) * 1.7 }
        let offsets = Beeswarm.offsets(positions, diameter: 9, limit: 1000)
        for a in positions.indices {
            for b in 0..<a {
                let along = positions[a] - positions[b]
                let across = offsets[a] - offsets[b]
                #expect(along * along + across * across >= 81 * 0.998, "points \(a) and \(b)")
            }
        }
    }

    @Test func equalPointsAreStackedEvenly() {
        let offsets = Beeswarm.offsets([5, 5, 5, 5, 5], diameter: 10, limit: 100)
        #expect(offsets.sorted() == [-20, -10, 0, 10, 20])
    }

    @Test func aSwarmTooHighIsSquashedIntoItsLane() {
        let offsets = Beeswarm.offsets([Double](repeating: 1, count: 40), diameter: 10, limit: 30)
        #expect(offsets.map(\.magnitude).max() == 30)
        #expect(Set(offsets).count == 40)
    }
}
