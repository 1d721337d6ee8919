import Catalog
import Testing

@Suite("Tables of training metrics")
struct MetricTableTests {
    @Test func seriesJoinOverTheirSteps() {
        let table = MetricTable(series: [("a", [1, 3], [0.5, 1.5]), ("b", [2, 3], [9, .nan])])
        #expect(table == MetricTable(steps: [1, 2, 3], names: ["a", "b"], columns: [[0.5, nil, 1.5], [nil, 9, nil]]))
    }

    @Test func decimationKeepsEveryPeak() {
        let count = 20_000
        var values = (0..<count).map { Double(($0 * 37) % 11) }
        values[7_777] = 1_000
        values[12_345] = -1_000
        let table = MetricTable(steps: Array(0..<count), names: ["loss"], columns: [values.map(Optional.some)])
        let shown = table.decimated(to: 500)
        #expect(shown.steps.count <= 500 && shown.steps.count > 200)
        #expect(shown.steps.first == 0 && shown.steps.last == count - 1)
        #expect(shown.columns[0].contains(1_000) && shown.columns[0].contains(-1_000))
        #expect(shown == table.decimated(to: 500))
        #expect(zip(shown.steps, shown.columns[0]).allSatisfy { values[$0] == $1 })
    }

    @Test func aShortTableStaysWhole() {
        let table = MetricTable(steps: [1, 2], names: ["a"], columns: [[1, 2]])
        #expect(table.decimated(to: 2) == table)
    }
}
