import Canonical
import Events
import Foundation
import Testing

@testable import Figures

/// What a reader concludes at a glance must be true.
@Suite("Figures that do not mislead") struct TruthfulFigureTests {
    private func run(_ id: String, setting: Int = 0, state: DistributionFigure.Run.State = .done, value: Double?) -> DistributionFigure.Run {
        DistributionFigure.Run(id: id, setting: setting, seed: 0, state: state, value: value, step: 10)
    }

    private func distribution(_ runs: [DistributionFigure.Run]) -> DistributionFigure {
        DistributionFigure(
            title: "t", metric: "FID", direction: .minimise, scale: .linear, measurement: nil, selection: "best evaluation of each run", intervalMethod: nil,
            models: [.init(name: "m", title: "M", appearance: 0, runs: runs)])
    }

    @Test(arguments: FigureTheme.allCases) func aRunningDefaultIsSeen(theme: FigureTheme) throws {
        let svg = distribution([run("star", state: .running, value: 5), run("other", setting: 1, value: 7)]).svg(FigureStyle(theme: theme))
        let point = try #require(svg.split(separator: "\n").first { $0.contains("data-run=\"star\"") })
        #expect(point.contains("fill=\"\(theme.surface)\"") && point.contains("stroke=\"\(theme.text)\""), "\(point)")
        // Regardless of state, no point is drawn in the background color alone.
        for state in [DistributionFigure.Run.State.done, .running] {
            for setting in [0, 1] {
                let all = distribution([run("a", setting: setting, state: state, value: 5), run("b", setting: 2, value: 7)]).svg(FigureStyle(theme: theme))
                let point = try #require(all.split(separator: "\n").first { $0.contains("data-run=\"a\"") })
                #expect(point.components(separatedBy: theme.surface).count <= 2, "\(state) \(setting): \(point)")
            }
        }
    }

    @Test func theValuesChooseTheirAxis() {
        #expect(AxisScale.automatic(for: [1, 100]) == .linear)
        #expect(AxisScale.automatic(for: [1, 100.5]) == .logarithmic)
        #expect(AxisScale.automatic(for: [0, 1e6]) == .linear && AxisScale.automatic(for: [-1, 1e6]) == .linear)
        #expect(AxisScale.automatic(for: [Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude]) == .logarithmic)
        #expect(AxisScale.automatic(for: [3, .nan, .infinity]) == .linear && AxisScale.automatic(for: []) == .linear)
        // An explicit choice is followed, without an explanation.
        let asked = AxisScale.chosen(.linear, for: [1, 1000])
        #expect(asked.scale == .linear && asked.notes.isEmpty)
        #expect(AxisScale.chosen(nil, for: [1, 1000]).notes == ["Logarithmic axis, because the values span more than two decades."])
    }

    /// Fractions of 1, 2 and 4 at most x, and at least x.
    @Test func cumulativeCurvesHaveTheirWholeRiseAndFall() {
        let (third, thirds) = (1.0 / 3, 2.0 / 3)
        let rising = [LineFigure.Point(x: 1, y: third), .init(x: 2, y: thirds), .init(x: 4, y: 1)]
        #expect(LineFigure.Point.steps(rising, falls: false).map(\.y) == [0, third, thirds, 1])
        #expect(LineFigure.Point.steps(rising, falls: false).map(\.x) == [1, 1, 2, 4])
        let falling = [LineFigure.Point(x: 1, y: 1), .init(x: 2, y: thirds), .init(x: 4, y: third)]
        // Between 1 and 2 two of the three are at least x.
        let fallen = LineFigure.Point.steps(falling, falls: true)
        #expect(fallen.map(\.x) == [1, 1, 2, 4])
        #expect(fallen.map(\.y) == [1, thirds, third, 0])
        #expect(LineFigure.Point.steps([], falls: true).isEmpty && LineFigure.Point.steps([], falls: false).isEmpty)
        let banded = LineFigure.Point.steps([.init(x: 1, y: 0.5, band: 0.2...0.8)], falls: false)
        #expect(banded.first?.band == 0...0)
    }

    @Test func countsHaveWholeTicks() {
        for most in 1...40 {
            let axis = Axis(showing: (1...most).map(Double.init), scale: .linear, wanted: 8, from: 0, to: 400, padded: false, counting: true)
            #expect(!axis.ticks.isEmpty && axis.ticks.allSatisfy { $0.value == $0.value.rounded() }, "\(most): \(axis.ticks.map(\.label))")
        }
    }

    @Test func numbersOfAColumnShareTheirDecimals() {
        #expect(FigureNumber.column([263, 258.4], digits: 4) == ["263.0", "258.4"])
        #expect(FigureNumber.column([21.96, 2211.3], digits: 4) == ["21.96", "2211.30"])
        #expect(FigureNumber.column([600, 150], digits: 3) == ["600", "150"])
        #expect(FigureNumber.column([0.5, .nan, 0], digits: 3) == ["0.500", "not a number", "0"])
        #expect(FigureNumber.column([1e-9, 5], digits: 3) == ["1e-9", "5"] && FigureNumber.column([], digits: 3).isEmpty)
        let table = TableFigure(
            title: "t", columns: [("Model", "model"), ("Best", "best"), ("Mixed", "mixed")],
            rows: [
                [.init("A", value: "a"), .init("263", value: 263), .init("1 (0 to 2)", value: ["value": 1])], [.init("B", value: "b"), .init("–", value: .null), .init("2", value: 2)],
                [.init("C", value: "c"), .init("258.4", value: 258.4), .init("3", value: 3)],
            ], measurement: nil, notes: [])
        let shared = table.sharingDecimals(digits: 4)
        #expect(shared.rows.map { $0[1].text } == ["263.0", "–", "258.4"] && shared.rows.map { $0[2].text } == ["1 (0 to 2)", "2", "3"])
        #expect(shared.json == table.json && shared.csv == table.csv)
    }
}

/// One model, one color and marker.
@Suite("Appearance of series") struct SeriesAppearanceTests {
    /// CIELAB under D65.
    private func lab(_ color: String) -> [Double] {
        let linear = stride(from: 1, to: 7, by: 2).map { place -> Double in
            let start = color.index(color.startIndex, offsetBy: place)
            let part = Double(Int(color[start..<color.index(start, offsetBy: 2)], radix: 16) ?? 0) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        let (r, g, b) = (linear[0], linear[1], linear[2])
        let x: Double = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
        let y: Double = 0.2126 * r + 0.7152 * g + 0.0722 * b
        let z: Double = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
        let xyz = [x, y, z]
        let f = xyz.map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    private func luminance(_ color: String) -> Double {
        let lightness = lab(color)[0]
        return lightness > 8 ? pow((lightness + 16) / 116, 3) : lightness / 903.3
    }

    @Test(arguments: FigureTheme.allCases) func colorsDifferClearlyAndStandOut(theme: FigureTheme) {
        let colors = theme == .light ? SeriesAppearance.light : SeriesAppearance.dark
        #expect(colors.count == 10)
        for (place, first) in colors.enumerated() {
            let levels = [luminance(first), luminance(theme.surface)].sorted()
            #expect((levels[1] + 0.05) / (levels[0] + 0.05) >= 3, "\(first)")
            for second in colors[(place + 1)...] {
                let squares = zip(lab(first), lab(second)).map { pair -> Double in (pair.0 - pair.1) * (pair.0 - pair.1) }
                let distance = squares.reduce(0, +).squareRoot()
                #expect(distance >= 25, "\(first) and \(second): \(distance)")
            }
        }
    }

    @Test func theSameModelElsewhereKeepsColorAndMarker() {
        let (here, there) = (SeriesAppearance(index: 3), SeriesAppearance(index: 3, variant: 1))
        #expect(here.color(.light) == there.color(.light) && here.marker == there.marker && here.dash != there.dash)
        #expect(Set((0..<8).map { SeriesAppearance(index: 3, variant: $0).dash }).count == 8)
        // There are forty pairs of color and marker before one repeats.
        let pairs = (0..<40).map { place -> String in
            let look = SeriesAppearance(index: place)
            return "\(look.color(.dark)) \(look.marker)"
        }
        #expect(Set(pairs).count == 40)
    }

    /// The page's legends and bars use the figures' colors.
    @Test func thePageHasTheSameColors() throws {
        let place = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path + "/Public/app.css"
        let style = try String(contentsOfFile: place, encoding: .utf8)
        for index in SeriesAppearance.light.indices {
            let found = style.matches(of: try Regex("--series-\(index): (#[0-9a-f]{6});", as: (Substring, Substring).self)).map { String($0.output.1) }
            // Dark by the system's theme or by the reader's choice.
            #expect(found.sorted() == [SeriesAppearance.light[index], SeriesAppearance.dark[index], SeriesAppearance.dark[index]].sorted(), "\(index)")
            #expect(style.contains(".s\(index) { color: var(--series-\(index)); }"))
        }
        #expect(!style.contains("--series-\(SeriesAppearance.light.count):"))
    }
}
