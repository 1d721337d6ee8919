import Canonical
import Testing

@testable import Figures

@Suite("Figures of comparisons") struct ComparisonFigureTests {
    private let hostile = "<b>\"A & B\"</b>"

    @Test(arguments: FigureTheme.allCases, [320, 860]) func everyFigureIsWholeAndNamesItsRuns(theme: FigureTheme, width: Int) {
        let style = FigureStyle(theme: theme, width: width)
        for svg in [intervals.svg(style), matrix.svg(style), sensitivity.svg(style)] {
            #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n") && !svg.contains("<b>") && svg.contains("&lt;b&gt;"))
            #expect(svg.contains("width=\"\(width)\"") && !svg.contains("nan") && !svg.contains("infinity"))
        }
        #expect(intervals.svg(style) == intervals.svg(style))
        #expect(sensitivity.svg(style).contains("data-run=\"r2\"") && sensitivity.svg(style).contains("no value — run r2"))
    }

    @Test func theirTablesHoldEveryNumber() {
        #expect(intervals.csv == "row,value,lower,upper,remark\n\"<b>\"\"A & B\"\"</b>\",1.5,-1,2,p = 0.5\nnone,,,,no pairs\n")
        #expect(intervals.json["rows"]?[1]?["value"] == .null && intervals.json["rows"]?[0]?["upper"] == .number(2))
        #expect(matrix.csv.split(separator: "\n").count == 3 && matrix.json["cells"]?[0]?[0] == .null)
        #expect(matrix.json["cells"]?[0]?[1]?["lower"] == .number(0.6))
        #expect(sensitivity.csv.contains(",r1,0,rate,0.001,12.5\n") && sensitivity.csv.contains(",r2,1,rate,0.01,\n"))
        #expect(sensitivity.json["models"]?[0]?["hyperparameters"]?[0]?["score"] == [12.5, nil])
    }

    @Test func boldIsWhatIsClear() {
        let cells = matrix.svg().split(separator: "\n").filter { $0.contains(">0.") }
        #expect(cells.filter { $0.contains("font-weight") }.count == 1)
    }

    @Test func steppedLinesHoldTheirValue() {
        let points = [LineFigure.Point(x: 0, y: 0.2), LineFigure.Point(x: 1, y: 0.6)]
        let figure = LineFigure(
            title: "t", xTitle: "x", yTitle: "y", lines: [.init(name: "a", title: "A", appearance: 0, points: points)], notes: ["n: A 2."], isStepped: true)
        let path = figure.svg().split(separator: "\n").first { $0.contains("data-series") } ?? ""
        #expect(path.split(separator: "L").count == 3 && figure.svg().contains("n: A 2.") && figure.json["notes"] == ["n: A 2."])
    }

    @Test func tablesInFourForms() {
        let table = TableFigure(
            title: hostile, columns: [("Model", "model"), ("Mean ± sd", "mean")],
            rows: [[.init("a|b*"), .init("2 ± 1**", value: ["mean": 2, "stars": "**"])]], measurement: nil, notes: ["* outliers"])
        #expect(table.markdown == "| Model | Mean ± sd |\n| --- | --- |\n| a\\|b\\* | 2 ± 1\\*\\* |\n\n\\* outliers\n")
        #expect(table.html.contains("<th scope=\"row\">a|b*</th><td>2 ± 1**</td>") && !table.html.contains("<b>"))
        let marked = TableFigure(title: "t", columns: [("a\"\u{301},", "a\"\u{301},"), ("|\u{301}", "b")], rows: [], measurement: nil, notes: [])
        #expect(marked.csv.unicodeScalars.elementsEqual("\"a\"\"\u{301},\",b\n".unicodeScalars) && marked.markdown.unicodeScalars.starts(with: "| a\"\u{301}, | \\|\u{301} |".unicodeScalars))
        #expect(table.csv == "model,mean\na|b*,\"{\"\"mean\"\":2,\"\"stars\"\":\"\"**\"\"}\"\n")
        #expect(table.json["rows"]?[0]?["mean"]?["mean"] == 2)
    }

    private var intervals: IntervalFigure {
        IntervalFigure(
            title: "Differences", axisTitle: "FID", reference: 0, measurement: nil, notes: ["95 %"],
            rows: [
                .init(title: hostile, appearance: 0, value: 1.5, lower: -1, upper: 2, remark: "p = 0.5"),
                .init(title: "none", appearance: 1, value: .nan, lower: .nan, upper: .nan, remark: "no pairs"),
            ])
    }

    private var matrix: MatrixFigure {
        MatrixFigure(
            title: "Improvement", meaning: "m", measurement: nil, notes: [], names: [hostile, "B"],
            cells: [[nil, .init(value: 0.8, lower: 0.6, upper: 0.9)], [.init(value: 0.2, lower: 0.1, upper: 0.6), nil]])
    }

    private var sensitivity: SensitivityFigure {
        SensitivityFigure(
            title: "Sensitivity", metric: "FID", scale: .logarithmic, measurement: nil, notes: [],
            rows: [
                .init(
                    name: "a", title: hostile, appearance: 2,
                    panels: [
                        .init(
                            parameter: "rate", scale: .logarithmic,
                            points: [.init(run: "r1", setting: 0, x: 0.001, y: 12.5), .init(run: "r2", setting: 1, x: 0.01, y: nil)])
                    ])
            ])
    }
}
