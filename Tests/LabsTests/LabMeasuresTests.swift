import Canonical
import Foundation
import Testing

@testable import Labs

@Suite("Measures of labs")
struct LabMeasuresTests {
    /// Shares with all mass in two cells, by hand.
    @Test func divergencesAreThoseOfTheDefinitions() {
        let cells = LabMeasures.cells * LabMeasures.cells + 1
        func shares(_ first: Double, _ second: Double) -> [Double] {
            var shares = [Double](repeating: 0, count: cells)
            (shares[3], shares[70]) = (first, second)
            return shares
        }
        let p = shares(0.25, 0.75), q = shares(0.5, 0.5)
        let middle = [0.375, 0.625]
        let ofFirst: Double = 0.25 * log(0.25 / middle[0]) + 0.75 * log(0.75 / middle[1])
        let ofSecond: Double = 0.5 * log(0.5 / middle[0]) + 0.5 * log(0.5 / middle[1])
        let js = (ofFirst + ofSecond) / 2
        #expect(abs(LabMeasures.js(p, q) - js) < 1e-12 && LabMeasures.js(p, p) == 0)
        #expect(abs(LabMeasures.js(shares(1, 0), shares(0, 1)) - log(2)) < 1e-12)
        let points = Double(LabMeasures.generated), smoothed = (0.5 * points + 0.5) / (points + 0.5 * Double(cells))
        let kl: Double = 0.25 * log(0.25 / smoothed) + 0.75 * log(0.75 / smoothed)
        #expect(abs(LabMeasures.kl(p, q) - kl) < 1e-12)
    }

    @Test func pointsOutsideAndNoNumbersCountAsOutside() {
        let shares = LabMeasures.shares([0, 0, 9, 0, -9, 0, .nan, 0, 0, .infinity, -2.2, -2.2, 2.2, 2.2, 2.19, 2.19])
        #expect(shares[LabMeasures.cells * LabMeasures.cells] == 5.0 / 8 && shares[0] == 1.0 / 8 && shares[LabMeasures.cells * LabMeasures.cells - 1] == 1.0 / 8)
    }

    /// A perfect generator has a small divergence, one that misses modes a large one; modes are counted.
    @Test func modesAreCounted() throws {
        let ring = try #require(PlaneDistribution(name: "ring")), measures = LabMeasures(ring)
        let perfect = measures.facts(ring.points(seed: 1, stream: "other", step: 0, count: LabMeasures.generated)).facts
        #expect(perfect["modes"]?["strict"] == 8 && perfect["modes"]?["soft"] == 8)
        // 1 - exp(-9/2) of a normal distribution in the plane lies within three standard deviations.
        let quality = try #require(perfect["modes"]?["high_quality"]?.numberValue), entropy = try #require(perfect["modes"]?["entropy"]?.numberValue)
        #expect(abs(quality - (1 - exp(-4.5))) < 0.005 && abs(entropy - log(8)) < 0.01)
        #expect(measures.floor.js > 0 && measures.floor.js < 0.02 && measures.floor.kl < 0.2)
        let one = measures.facts((0..<LabMeasures.generated).flatMap { _ in [Float(2 / 1.414), 0] }).facts
        #expect(one["modes"]?["strict"] == 1 && one["modes"]?["soft"] == 1 && one["modes"]?["entropy"]?.numberValue == 0)
        // All mass in a cell with about an eighth of the real mass.
        #expect(try #require(one["js"]?.numberValue) > 0.4)
    }
}
