import Canonical
import Foundation
import TestSupport
import Testing

@testable import Figures

/// Every finite double has a text, a position on an axis, and a position in every figure: results and hyperparameters come from outside.
@Suite("Extreme numbers in figures") struct ExtremeNumberTests {
    /// 1e-320, which is subnormal.
    static let small = Double("1e-320") ?? 0

    /// The extremes of every kind of double, of either sign.
    static let ends: [Double] = {
        let magnitudes: [Double] = [
            .leastNonzeroMagnitude, 0x1p-1073, 0x1.fap-1065, small, 0x1.25p-1030, Double.leastNormalMagnitude.nextDown, .leastNormalMagnitude, 1e-308, 9.9999999e-301,
            1e-300, Double(Float.leastNonzeroMagnitude), Double(Float.leastNormalMagnitude), 1e-7, 9.99996e-5, 0.1, 1.0.nextDown, 1, 1.0.nextUp, 9.9996,
            9_999_999.9, 1e15, 9.007199254740993e15, 9.2e18, Double(Float.greatestFiniteMagnitude), 1e300, 9.9999e307, 1e308, .greatestFiniteMagnitude.nextDown,
            .greatestFiniteMagnitude,
        ]
        return [0, -0.0] + magnitudes + magnitudes.map { -$0 }
    }()

    /// Doubles of every exponent: random bits without non-finite values.
    static func patterns(_ count: Int, seed: UInt64) -> [Double] {
        var random = TestRandom(seed: seed)
        return (0..<count).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
    }

    @Test func everyTextReadsBack() throws {
        for value in Self.ends + Self.patterns(1000, seed: 1) {
            #expect(Double(DecimalText.exact(value)) == value, "\(value)")
            for digits in 1...8 {
                let text = DecimalText.significant(value, digits: digits)
                let read = try #require(Double(text), "\(value): \(text)")
                // Half a unit of the last digit; subnormal numbers are spaced more coarsely.
                let slack = max(value.magnitude * 0.5001 * pow(10, Double(1 - digits)), 2 * value.ulp)
                #expect((read - value).magnitude <= slack || read.isInfinite && value.magnitude > 9e307, "\(value): \(text)")
            }
            for decimals in 0...15 {
                let read = try #require(Double(DecimalText.fixed(value, decimals: decimals)), "\(value)")
                #expect((read - value).magnitude <= 0.5001 * pow(10, -Double(decimals)) + 2 * value.ulp, "\(value) with \(decimals) decimals: \(read)")
            }
        }
    }

    @Test func decimalExponentsAreThoseOfTheDigits() throws {
        for value in (Self.ends + Self.patterns(4000, seed: 2)).map(\.magnitude) where value > 0 {
            let digits = String(format: "%.17e", value)
            // If the seventeen digits are a power of ten rounded up, either result denotes the value.
            guard !digits.hasPrefix("9.9999999999999"), !digits.hasPrefix("1.00000000000000") else { continue }
            let exponent = try #require(digits.split(separator: "e").last.flatMap { Int($0) })
            // Among the smallest numbers, the nearest to a power of ten may be below it.
            guard value != DecimalText.powerOfTen(min(308, exponent + 1)) else { continue }
            #expect(DecimalText.decimalExponent(value) == exponent, "\(value)")
        }
        #expect(DecimalText.decimalExponent(.leastNonzeroMagnitude) == -324 && DecimalText.decimalExponent(0x1p-1073) == -323)
        #expect(DecimalText.decimalExponent(1e308) == 308 && DecimalText.significant(Self.small) == "1e-320" && DecimalText.significant(9.99996e-5) == "1e-4")
    }

    @Test func logarithmsOfSubnormalNumbers() {
        for value in [Double.leastNonzeroMagnitude, 0x1p-1073, Self.small, 0x1.5p-1034, 1e-308] {
            #expect((Logarithm.decimal(value) - log10(value)).magnitude < 1e-12, "\(value)")
        }
    }

    private func check(_ values: [Double], _ scale: AxisScale) {
        let axis = Axis(showing: values, scale: scale, wanted: 6, from: 0, to: 100)
        #expect(axis.lower < axis.upper && axis.lower.isFinite && axis.upper.isFinite, "\(values)")
        for value in values where axis.shows(value) {
            #expect((-0.001...100.001).contains(axis.position(value)), "\(value) of \(values) at \(axis.position(value))")
        }
        #expect(axis.ticks.count < 60, "\(axis.ticks.count) ticks for \(values)")
        for tick in axis.ticks { #expect((-0.1...100.1).contains(axis.position(tick.value)), "\(tick) of \(values)") }
        for (low, high) in zip(axis.ticks, axis.ticks.dropFirst()) { #expect(low.value <= high.value, "\(values)") }
    }

    @Test(arguments: AxisScale.allCases) func everyPairHasAnAxis(scale: AxisScale) {
        for low in Self.ends { for high in Self.ends { check([low, high], scale) } }
        let patterns = Self.patterns(500, seed: 3)
        for (first, second) in zip(patterns, patterns.dropFirst()) {
            check([first, second], scale)
            check([first, first.nextUp.isFinite ? first.nextUp : first, first.nextDown.isFinite ? first.nextDown : first], scale)
        }
    }

    /// What an out-of-range number looks like in an SVG.
    private func isWhole(_ svg: String) -> Bool {
        svg.hasSuffix("</svg>\n") && !svg.contains("=\"nan") && !svg.contains("=\"-nan") && !svg.contains("=\"inf") && !svg.contains("=\"not a number")
            && !svg.contains("not a number\"") && !svg.contains("infinity\"") && svg.wholeMatch(of: /(?s).*[ "LM](inf|nan)[ "L].*/) == nil
    }

    private static func mixtures() -> [[Double]] {
        var random = TestRandom(seed: 4)
        return [ends, ends.filter { $0 > 0 }, [small, 0.5, 0.9], [0x1.25p-1030, 1], [0, .leastNonzeroMagnitude], [-1.7e308, 1.7e308]]
            + (0..<12).map { _ in patterns(9, seed: random.next()) }
    }

    @Test(arguments: AxisScale.allCases, [320, 1600]) func everyKindOfFigureHoldsThem(scale: AxisScale, width: Int) {
        let style = FigureStyle(width: width)
        for values in Self.mixtures() {
            let points = values.enumerated().map { SensitivityFigure.Point(run: "r\($0)", setting: $0, x: $1, y: values[values.count - 1 - $0]) }
            let panels = [
                SensitivityFigure.Panel(parameter: "x", scale: scale, points: points),
                SensitivityFigure.Panel(parameter: "c", scale: .linear, categories: Dictionary(values.map { ($0, "\($0)") }) { first, _ in first }, points: points),
            ]
            let sensitivity = SensitivityFigure(
                title: "t", metric: "FID", scale: scale, measurement: nil, notes: [], rows: [.init(name: "m", title: "M", appearance: 0, panels: panels)])
            let line = LineFigure(
                title: "t", xTitle: "x", yTitle: "y", xScale: scale, yScale: scale,
                lines: [.init(name: "a", title: "A", appearance: 0, points: values.sorted().map { .init(x: $0, y: -$0, between: $0, and: -$0) })])
            let runs = values.enumerated().map {
                DistributionFigure.Run(id: "r\($0)", setting: $0 % 3, seed: 0, state: $0 % 4 == 3 ? .diverged : .done, value: $1, step: .max)
            }
            let distribution = DistributionFigure(
                title: "t", metric: "FID", direction: .minimise, scale: scale, measurement: nil, selection: "best",
                models: [.init(name: "m", title: "M", appearance: 0, runs: runs, interval: (values.min() ?? 0)...(values.max() ?? 1))])
            let intervals = IntervalFigure(
                title: "t", axisTitle: "a", reference: values[0], measurement: nil, notes: [],
                rows: values.map { .init(title: "r", appearance: 1, value: $0, lower: min($0, values[0]), upper: max($0, values[0]), remark: "") })
            let matrix = MatrixFigure(
                title: "t", meaning: "m", measurement: nil, notes: [], names: ["a"], cells: [[.init(value: values[0], lower: values.min() ?? 0, upper: .nan)]])
            let table = TableFigure(title: "t", columns: [("N", "n")], rows: values.map { [.init("\($0)", value: .number($0))] }, measurement: nil, notes: [])
            for svg in [sensitivity.svg(style), line.svg(style), distribution.svg(style), intervals.svg(style), matrix.svg(style)] {
                #expect(isWhole(svg), "\(values)")
            }
            for json in [sensitivity.json, line.json, distribution.json, intervals.json, matrix.json, table.json] { #expect(!json.canonicalText.isEmpty) }
            let column = sensitivity.csv.split(separator: "\n").dropFirst().prefix(values.count).compactMap { Double($0.split(separator: ",")[4]) }
            #expect(column == values, "\(values)")
            #expect(!line.csv.isEmpty && !distribution.csv.isEmpty && !intervals.csv.isEmpty && !matrix.csv.isEmpty && !table.csv.isEmpty)
        }
    }
}
