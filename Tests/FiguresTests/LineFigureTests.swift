import Canonical
import Testing

@testable import Figures

@Suite struct LineFigureTests {
    private func figure(_ values: [Double], scale: AxisScale = .linear) -> LineFigure {
        LineFigure(
            title: "Losses", xTitle: "Step", yTitle: "Loss", yScale: scale,
            lines: [
                .init(
                    name: "generator_loss", title: "Generator", appearance: 1,
                    points: values.enumerated().map { .init(x: Double($0), y: $1) })
            ])
    }

    private func path(_ svg: String) -> Substring? {
        svg.split(separator: "\n").first { $0.contains("data-series") }
    }

    @Test func valuesThatAreNotNumbersBreakTheLine() {
        let svg = figure([1, 2, .nan, 3, 4]).svg()
        #expect(path(svg)?.split(separator: "M").count == 3)
        #expect(svg.contains("1 value cannot be shown"))
    }

    @Test func decimationIsSaid() {
        let svg = figure((0..<5000).map { Double(($0 * 31) % 17) }).svg()
        #expect(svg.contains("of 5,000 points drawn"))
        #expect(!figure([1, 2, 3]).svg().contains("points drawn"))
    }

    @Test func tablesHoldAllPointsAndNullForWhatIsNoNumber() {
        let figure = figure((0..<5000).map { $0 == 7 ? .infinity : Double($0) / 3 })
        #expect(figure.csv.split(separator: "\n").count == 5001)
        #expect(figure.json["series"]?[0]?["y"]?[7] == .null)
        #expect(figure.json["series"]?[0]?["y"]?[9] == .number(3))
    }

    @Test func aBandIsDrawnOnlyWhereThereIsOne() {
        var figure = figure([3, 2, 1])
        #expect(!figure.svg().contains("fill-opacity"))
        for index in 0..<3 { figure.lines[0].points[index].band = 0...4 }
        figure.bandMethod = "95 % of 5,000 resamples, seed 0"
        #expect(figure.svg().contains("fill-opacity"))
        #expect(figure.svg().contains("Band: 95 % of 5,000 resamples, seed 0."))
    }

    @Test func sameValuesSameBytes() {
        #expect(figure([1, 2, 3], scale: .logarithmic).svg() == figure([1, 2, 3], scale: .logarithmic).svg())
    }
}
