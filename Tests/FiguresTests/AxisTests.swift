import Testing

@testable import Figures

@Suite struct AxisTests {
    private func labels(_ values: [Double], _ scale: AxisScale, wanted: Int = 6) -> [String] {
        Axis(showing: values, scale: scale, wanted: wanted, from: 0, to: 100).ticks.map(\.label)
    }

    @Test func linearTicksAreRound() {
        #expect(labels([0, 10], .linear) == ["0", "2", "4", "6", "8", "10"])
        #expect(labels([20.3, 48.9], .linear) == ["20", "25", "30", "35", "40", "45", "50"])
        #expect(labels([0.1, 0.3], .linear, wanted: 4) == ["0.1", "0.15", "0.2", "0.25", "0.3"])
        #expect(labels([-1e-5, 1e-5], .linear, wanted: 4) == ["-1e-5", "-5e-6", "0", "5e-6", "1e-5"])
    }

    @Test func logarithmicTicksThinOutAsTheRangeGrows() {
        #expect(labels([20, 330], .logarithmic) == ["20", "30", "50", "100", "200", "300"])
        #expect(labels([1, 1e6], .logarithmic) == ["1", "10", "100", "1000", "10000", "100000", "1000000"])
        #expect(labels([1e-10, 1e10], .logarithmic, wanted: 4).count <= 6)
        #expect(labels([100, 120], .logarithmic).count >= 3)
    }

    @Test func nonNegativeValuesGetNoNegativeAxis() {
        #expect(Axis(showing: [0, 5], scale: .linear, wanted: 5, from: 0, to: 1).lower == 0)
        #expect(Axis(showing: [-1, 5], scale: .linear, wanted: 5, from: 0, to: 1).lower < -1)
    }

    @Test(arguments: AxisScale.allCases)
    func everyValueLiesBetweenTheEnds(scale: AxisScale) {
        for values in [[5.0], [0.001, 900], [3, 3, 3], [12, 12.5], []] {
            let axis = Axis(showing: values, scale: scale, wanted: 5, from: 10, to: 90)
            for value in values { #expect((10.0...90).contains(axis.position(value))) }
            for tick in axis.ticks { #expect((9.99...90.01).contains(axis.position(tick.value))) }
        }
    }

    @Test func unshowableValuesDoNotMoveTheAxis() {
        let clean = Axis(showing: [1, 10], scale: .logarithmic, wanted: 5, from: 0, to: 100)
        let dirty = Axis(showing: [1, .nan, -4, 0, .infinity, 10], scale: .logarithmic, wanted: 5, from: 0, to: 100)
        #expect(clean.lower == dirty.lower && clean.upper == dirty.upper)
    }
}
