import Canonical
import Catalog
import Notebooks
import Testing

@testable import Figures
@testable import Results

/// The chart of what a query answers: chosen by attributes of its cell, drawn by the server, refused with a reason.
@Suite("Charts of queries")
struct SQLChartTests {
    private static let answer = SQLAnswer(
        columns: ["model", "seed", "best", "note"],
        rows: [["wgan", 0, 2.5, "a"], ["wgan", 1, 3.5, "b"], ["vae", 0, 4, "Infinity"], ["vae", 1, .null, "c"]])

    private func figure(_ choice: [String: String], _ answer: SQLAnswer = Self.answer) throws -> ChartFigure { try SQLChart(choice, answer).figure() }

    @Test func theColumnsHaveStandards() throws {
        let points = try figure(["chart": "points"])
        #expect(points.title == "seed by model" && points.names == ["wgan", "vae"] && points.series == [.init(name: "", points: [.init(x: 0, y: 0), .init(x: 0, y: 1), .init(x: 1, y: 0), .init(x: 1, y: 1)])])
        let lines = try figure(["chart": "lines", "x": "seed", "y": "best", "series": "model"])
        #expect(lines.names == nil && lines.series.map(\.name) == ["wgan", "vae"] && lines.series[0].points == [.init(x: 0, y: 2.5), .init(x: 1, y: 3.5)])
        #expect(lines.title == "best by seed and model" && lines.notes == ["1 row without a value left out."])
        let bars = try figure(["chart": "bars", "x": "seed", "y": "best", "series": "model"])
        #expect(bars.names == ["0", "1"] && bars.series[1].points == [.init(x: 0, y: 4)])
    }

    @Test(arguments: [
        (["chart": "pie"], #"chart: "pie" is none of points, lines, bars"#), (["chart": "bars", "y": "besst"], #"y: the query has no column "besst""#),
        (["chart": "points", "y": "note"], #"y: column "note" has "a" in row 1, which is not a finite number"#), (["chart": "bars", "y": "best"], #"x: rows 1 and 2 have the same bar "wgan""#),
    ])
    func whatCannotBeDrawnSaysWhy(choice: [String: String], words: String) {
        #expect { try figure(choice) } throws: { "\($0)".contains(words) }
    }

    @Test func whatIsNotANumberIsRefused() {
        let infinite = SQLAnswer(columns: ["x", "y"], rows: [[1, 2], [2, "Infinity"]])
        #expect { try figure(["chart": "lines"], infinite) } throws: { "\($0)".contains(#""Infinity" in row 2"#) }
        #expect { try figure(["chart": "lines"], SQLAnswer(columns: ["x", "y"], rows: [])) } throws: { "\($0)".contains("no rows") }
        #expect { try figure(["chart": "lines"], SQLAnswer(columns: ["x"], rows: [[1]])) } throws: { "\($0)".contains("no column of the query beside x has numbers") }
        let many = SQLAnswer(columns: ["x", "y", "s"], rows: (0..<20).map { [.integer($0), 1, .string("s\($0)")] })
        #expect { try figure(["chart": "points", "series": "s"], many) } throws: { "\($0)".contains("20 different values") }
        let names = SQLAnswer(columns: ["x", "y"], rows: (0..<300).map { [.integer($0), 1] })
        #expect { try figure(["chart": "bars"], names) } throws: { "\($0)".contains("200 at most") }
    }

    @Test func theNumbersOfAColumnShareTheirDecimals() throws {
        let study = try FinishedStudy(models: ["ns-gan"]), id = try #require(CellID("c"))
        let answer = SQLAnswer(columns: ["seed", "fid", "mixed", "rounded"], rows: [[0, 2241, 1.5, 12.8], [1, 2138.25, "x", 2243], [2, .null, .null, .null]])
        let output = try study.catalog.readNow { reader in try CellResolverTests.resolver(study).output(of: Cell(id, .sql, source: "SELECT 1"), answer: .success(answer), reader) }
        #expect(output.html.contains("<td class=\"number\">2241.00</td>") && output.html.contains("<td class=\"number\">2138.25</td>"), "\(output.html)")
        #expect(output.html.contains("<th scope=\"row\">1</th>") && output.html.contains("<td class=\"number\">1.5</td>"), "\(output.html)")
        // No more decimals than a number of the column needs.
        #expect(output.html.contains("<td class=\"number\">12.8</td>") && output.html.contains("<td class=\"number\">2243.0</td>"), "\(output.html)")
        let csv = try #require(output.forms.first { $0.name == "csv" })
        #expect(String(decoding: csv.bytes, as: UTF8.self).contains("0,2241,1.5,12.8"))
    }

    @Test func aCellHasItsChartAboveItsTable() throws {
        let study = try FinishedStudy(models: ["ns-gan"]), id = try #require(CellID("c"))
        func output(_ attributes: [String: String]) throws -> CellOutput {
            let cell = Cell(id, .sql, source: "SELECT 1", attributes: attributes)
            return try study.catalog.readNow { try CellResolverTests.resolver(study).output(of: cell, answer: .success(Self.answer), $0) }
        }
        let chart = try output(["chart": "lines", "x": "seed", "y": "best", "series": "model"])
        #expect(chart.problem == nil && chart.html.hasPrefix("<figure><img src=\"cid:svg-light-760\" alt=\"best by seed and model\">") && chart.html.contains("<table>"))
        #expect(chart.forms.map(\.name) == ["svg-light-400", "svg-light-760", "svg-dark-400", "svg-dark-760", "csv", "json", "md"])
        let wrong = try output(["chart": "points", "y": "note"])
        #expect(wrong.problem?.contains("not a finite number") == true && wrong.html.hasPrefix("<table>") && wrong.forms.map(\.name) == ["csv", "json", "md"])
    }

    /// The chart is a part of what the author wrote; a cell without one has the digest that it always had.
    @Test func theChartIsPartOfTheSource() throws {
        let id = try #require(CellID("c")), plain = Cell(id, .sql, source: "SELECT 1")
        let chart = Cell(id, .sql, source: "SELECT 1", attributes: ["chart": "bars", "folded": "true"]), other = Cell(id, .sql, source: "SELECT 1", attributes: ["chart": "lines"])
        #expect(plain.sourceDigest == JSONValue.object(["kind": "sql", "source": "SELECT 1"]).digest.hex)
        #expect(Set([plain, chart, other].map(\.sourceDigest)).count == 3 && Set([plain, chart, other].map { CellBasis().key(of: $0).hex }).count == 3)
        #expect(Cell(id, .sql, source: "SELECT 1", attributes: ["x": "a"]).sourceDigest == plain.sourceDigest)
        let text = "---\nfidelio: notebook\nversion: 1\ntitle: T\n---\n\n```sql fidelio id=c chart=lines x=seed y=\"best value\"\nSELECT 1\n```\n"
        let read = try Notebook(parsing: text)
        #expect(read.cells[0].chart == ["chart": "lines", "x": "seed", "y": "best value"] && read.text == text)
    }

    @Test func itIsDrawnInBothThemesAndAllKinds() throws {
        for kind in ChartFigure.Kind.allCases {
            let figure = try figure(["chart": kind.rawValue, "x": "seed", "y": "best", "series": "model"])
            let (light, dark) = (figure.svg(), figure.svg(FigureStyle(theme: .dark, width: 400)))
            #expect(light == figure.svg() && light.contains("#0072b2") && dark.contains("#56b4e9") && !dark.contains("#0072b2"))
            #expect(light.components("<rect").count - 1 == (kind == .bars ? 4 : 1) && !light.contains("nan") && !light.contains("inf"))
        }
        // A bar begins at zero, whatever its sign.
        let bars = try figure(["chart": "bars"], SQLAnswer(columns: ["x", "y"], rows: [["a", -2], ["b", 3]]))
        #expect(bars.json["series"]?[0]?["x"] == ["a", "b"] && bars.csv == "series,x,y\n,a,-2\n,b,3\n")
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
}
