import Canonical
import Catalog
import Figures
package import Notebooks

extension Cell {
    /// The attributes that choose the chart of a query: its kind, and the columns of x, y and series.
    package static let chartAttributes = ["chart", "x", "y", "series"]

    /// Those of an SQL cell with a chart; empty for every other cell. What it shows depends on them as on its source.
    package var chart: [String: String] {
        guard kind == .sql, attributes["chart"] != nil else { return [:] }
        return attributes.filter { Cell.chartAttributes.contains($0.key) }
    }
}

/// A chart of what a query answers. `x` is the first column unless said otherwise, `y` the first other column of numbers.
struct SQLChart {
    static let mostNames = 200
    static let mostSeries = 12

    /// Why there is no chart, in one sentence for the author.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private let kind: ChartFigure.Kind
    private let answer: SQLAnswer
    private let x, y: Int
    private let series: Int?

    init(_ choice: [String: String], _ answer: SQLAnswer) throws(Problem) {
        let kinds = ChartFigure.Kind.allCases.map(\.rawValue)
        guard let kind = choice["chart"].flatMap(ChartFigure.Kind.init) else {
            throw Problem(description: "chart: \"\(choice["chart"] ?? "")\" is none of \(kinds.joined(separator: ", "))")
        }
        guard !answer.rows.isEmpty else { throw Problem(description: "chart: the query has no rows") }
        self.kind = kind
        self.answer = answer
        x = try SQLChart.column("x", choice, answer) ?? 0
        series = try SQLChart.column("series", choice, answer)
        if let chosen = try SQLChart.column("y", choice, answer) {
            y = chosen
        } else {
            let others = answer.columns.indices.filter { [x, series] in $0 != x && $0 != series }
            guard let first = others.first(where: { column in answer.rows.contains { $0[column].numberValue != nil } }) else {
                throw Problem(description: "chart: no column of the query beside \(answer.columns[x]) has numbers")
            }
            y = first
        }
    }

    private static func column(_ key: String, _ choice: [String: String], _ answer: SQLAnswer) throws(Problem) -> Int? {
        guard let name = choice[key] else { return nil }
        guard let place = answer.columns.firstIndex(of: name) else {
            let nearest = Suggestion.nearest(to: name, among: answer.columns).map { "; did you mean \"\($0)\"?" } ?? ""
            throw Problem(description: "\(key): the query has no column \"\(name.prefix(80))\", but \(answer.columns.joined(separator: ", "))\(nearest)")
        }
        return place
    }

    /// The chart.
    func figure() throws(Problem) -> ChartFigure {
        var order: [String] = [], rows: [String: [(x: JSONValue, y: Double, row: Int)]] = [:], empty = 0
        for (place, row) in answer.rows.enumerated() {
            guard let value = try number(row[y], place), row[x] != .null else {
                empty += 1
                continue
            }
            let name = series.map { SQLChart.text(row[$0]) } ?? ""
            if rows[name] == nil { order.append(name) }
            rows[name, default: []].append((row[x], value, place + 1))
        }
        guard !order.isEmpty else { throw Problem(description: "chart: column \"\(answer.columns[y])\" has no value in any row") }
        guard order.count <= SQLChart.mostSeries else {
            throw Problem(description: "series: column \"\(series.map { answer.columns[$0] } ?? "")\" has \(order.count) different values, and a chart has \(SQLChart.mostSeries) series at most")
        }
        let numeric = kind != .bars && rows.values.joined().allSatisfy { $0.x.numberValue?.isFinite ?? false }
        var figure = ChartFigure(
            kind: kind, title: "\(answer.columns[y]) by \(answer.columns[x])\(series.map { " and \(answer.columns[$0])" } ?? "")", xTitle: answer.columns[x], yTitle: answer.columns[y],
            names: numeric ? nil : try names(order.flatMap { rows[$0] ?? [] }.sorted { $0.row < $1.row }.map(\.x)), series: [], notes: notes(empty))
        let places = Dictionary(uniqueKeysWithValues: (figure.names ?? []).enumerated().map { ($1, Double($0)) })
        for name in order {
            let points = (rows[name] ?? []).map { ChartFigure.Point(x: numeric ? $0.x.numberValue ?? 0 : places[SQLChart.text($0.x)] ?? 0, y: $0.y) }
            if kind == .bars { try checkDistinct(rows[name] ?? []) }
            // A line goes from left to right; rows at one place keep their order.
            let sorted = kind == .lines ? points.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element) : points
            figure.series.append(ChartFigure.Series(name: name, points: sorted))
        }
        return figure
    }

    /// Nil for a row without a value.
    private func number(_ value: JSONValue, _ row: Int) throws(Problem) -> Double? {
        if value == .null { return nil }
        guard let number = value.numberValue, number.isFinite else {
            throw Problem(description: "y: column \"\(answer.columns[y])\" has \"\(SQLChart.text(value).prefix(60))\" in row \(row + 1), which is not a finite number; choose a column of numbers")
        }
        return number
    }

    private func names(_ values: [JSONValue]) throws(Problem) -> [String] {
        var known: Set<String> = []
        let names = values.map(SQLChart.text).filter { known.insert($0).inserted }
        guard names.count <= SQLChart.mostNames else {
            throw Problem(description: "x: column \"\(answer.columns[x])\" has \(names.count) different values, and \(kind == .bars ? "bars have" : "an axis of names has") \(SQLChart.mostNames) at most")
        }
        return names
    }

    private func checkDistinct(_ rows: [(x: JSONValue, y: Double, row: Int)]) throws(Problem) {
        var known: [String: Int] = [:]
        for row in rows {
            if let earlier = known.updateValue(row.row, forKey: SQLChart.text(row.x)) {
                throw Problem(description: "x: rows \(earlier) and \(row.row) have the same bar \"\(SQLChart.text(row.x).prefix(60))\"; choose a column for series, or aggregate the query with GROUP BY")
            }
        }
    }

    private func notes(_ empty: Int) -> [String] {
        var notes: [String] = []
        if empty > 0 { notes.append("\(FigureNumber.count(empty)) \(empty == 1 ? "row" : "rows") without a value left out.") }
        if answer.isTruncated { notes.append("The query has more rows than are shown.") }
        return notes
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .string(let text): text
        default: value.canonicalText
        }
    }
}
