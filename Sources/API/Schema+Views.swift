import Figures
import Results
import Studies

/// What the API says of views.
extension Schema {
    private static let version = ["version": Schema.integer(View.version...View.version)]
    private static let oneStudy = Schema.list(.studyID, 1...1, distinct: true)
    private static let oneRun = Schema.list(.runID, 1...1, distinct: true)
    private static let axisScale = Schema.word(AxisScale.allCases.map(\.rawValue))
    private static let shownMetric = Schema.word(View.metrics)
    private static let choices: [String: Schema] = version.merging([
        "studies": .list(.studyID, 1...View.mostStudies, distinct: true), "runs": .list(.runID, 1...View.mostRuns, distinct: true),
        "models": .list(.text(1...200, pattern: nil), 1...View.mostModels, distinct: true), "selection": .word(ComparisonQuery.Selection.allCases.map(\.rawValue)),
        "mixed": .boolean, "budget": .word(ComparisonQuery.Budget.allCases.map(\.rawValue)), "protocol": .digest, "metric": shownMetric,
    ]) { $1 }

    private static func kind(_ kind: View.Kind, _ names: [String], _ required: [String: Schema], _ optional: [String: Schema]) -> Schema {
        .closed(required.merging(["kind": .word([kind.rawValue]), "name": .word(names)]) { $1 }, optional: optional)
    }

    /// Also studies, runs, or both have to be named where a comparison is shown.
    static let view = Schema.named(
        "View",
        .either([
            kind(.figure, ComparisonFigure.allCases.filter { !$0.isTable }.map(\.rawValue), [:], choices.merging(["scale": axisScale]) { $1 }),
            kind(.figure, [View.overviewName], ["studies": oneStudy], version.merging(["metric": shownMetric, "scale": axisScale]) { $1 }),
            kind(.table, ComparisonFigure.allCases.filter(\.isTable).map(\.rawValue) + ["groups"], [:], choices),
            kind(.table, ["results"], ["studies": oneStudy], version.merging(["metric": shownMetric]) { $1 }),
            kind(.grid, View.Kind.grid.names, ["runs": oneRun], version.merging(["step": .integer(0...Int(Int32.max))]) { $1 }),
            kind(.curves, View.Kind.curves.names, ["studies": oneStudy, "models": .list(.text(1...200, pattern: nil), 1...1, distinct: true), "series": .word(ReportCurves.series)], version),
            kind(.page, ["run"], ["runs": oneRun], version), kind(.page, ["study"], ["studies": oneStudy], version), kind(.page, ["lab"], ["lab": .labID], version), comparisonPage,
        ]))

    static let comparisonPage = Schema.named(
        "ComparisonPage",
        kind(.page, ["comparison"], [:], choices.merging(["scale": axisScale, "figure": .word(ComparisonFigure.allCases.map(\.rawValue))]) { $1 }))

    static let resolvedView = Schema.named(
        "ResolvedView",
        .object([
            "view": .map(.any), "digest": .digest, "page": .nullable(.string),
            "rests_on": .object(["runs": .array(.object(["run": .string, "digest": .digest])), "protocols": .array(.string), "extractors": .array(.string)]),
            "forms": .array(.object(["name": .string, "type": .string, "digest": .digest, "bytes": .count, "url": .string])), "parts": .array(.map(.any)),
        ]))
}
