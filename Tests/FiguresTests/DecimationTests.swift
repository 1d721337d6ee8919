import Testing

@testable import Figures

@Suite struct DecimationTests {
    @Test func shortSeriesAreLeftWhole() {
        #expect(Decimation.indices(of: [[3, 1, 2]], limit: 3) == [0, 1, 2])
        #expect(Decimation.indices(of: [], limit: 3) == [])
    }

    @Test func extremesOfEverySeriesSurvive() {
        var first = (0..<10_000).map { Double(($0 * 7919) % 1000) }
        var second = first.map { -$0 }
        first[4321] = 1e6
        second[8765] = -1e6
        let kept = Decimation.indices(of: [first, second], limit: 500)
        #expect(kept.contains(4321) && kept.contains(8765))
        #expect(kept.first == 0 && kept.last == 9999)
        #expect(kept.count <= 500)
        #expect(kept.count >= 200)
        #expect(kept == Array(Set(kept)).sorted())
    }

    @Test func notANumberNeverHidesAnExtreme() {
        var values = (0..<1000).map(Double.init)
        values[0] = .nan
        values[500] = .nan
        let kept = Decimation.indices(of: [values], limit: 20)
        #expect(kept.contains(1) && kept.contains(999))
    }
}
