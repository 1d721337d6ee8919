import Canonical
import Catalog
import Figures
import Studies

extension CellReader {
    /// The runs that a cell names by id, or by study, model, setting and seed.
    /// - Errors: `FieldError` where none or too many are left
    mutating func chosenRuns(most: Int, what: String) throws -> [RunRecord] {
        var runs = try runs(most: most)
        let named = try studies(), models = try names("model", "models", most: View.mostModels)
        let settings = try integers("setting", in: 0...1_000_000, most: 64), seeds = try integers("seed", in: 0...Int(Int32.max), most: 64)
        guard !runs.isEmpty || !named.isEmpty else { throw fields.error("study", "is missing: name a study, by its name or id, or runs") }
        for study in named {
            let all = try reader.runs(ofStudy: study.id), known = Array(Set(all.map(\.model))).sorted()
            for model in models where !known.contains(model) {
                throw FieldError(path: fields.path(of: "model"), problem: .notOneOf(actual: model, allowed: known, suggestion: Suggestion.nearest(to: model, among: known)))
            }
            runs += all.filter { run in
                (models.isEmpty || models.contains(run.model)) && (settings.isEmpty || settings.contains(run.setting ?? 0)) && (seeds.isEmpty || seeds.contains(Int(run.seed)))
            }
        }
        guard !runs.isEmpty else { throw fields.error("study", "no run matches these fields") }
        guard runs.count <= most else { throw fields.error("study", "\(runs.count) runs match these fields, and \(what) are of \(most) at most; choose by model, setting or seed") }
        return runs
    }
}

/// Values of chosen runs over their steps: training metrics, or the values of evaluations.
struct CurvesCell {
    static let mostRuns = 12
    static let mostSeries = 4

    private var lines: [LineFigure.Line] = []
    private var missing: [LineFigure.Absence] = []
    private(set) var basis = CellBasis()
    private let series: [String]

    /// - Errors: `FieldError` for a series that none of the runs has
    init(_ runs: [RunRecord], series: [String], models: [ModelSchema], _ reader: CatalogReader) throws {
        self.series = series
        var known: Set<String> = []
        for (place, run) in runs.enumerated() {
            let table = try reader.metrics(ofRun: run.number), evaluations = try reader.evaluations(ofRun: run.number).filter(\.isPrimary)
            known.formUnion(table.names)
            known.formUnion(evaluations.map(\.metric))
            var shown: [JSONValue] = []
            for (number, name) in series.enumerated() {
                let points = Self.points(name, table, evaluations)
                let title = Self.title(run, models) + (series.count > 1 ? " · \(name)" : "")
                shown.append(.array(points.map { [.number($0.x), .optional($0.y)] }))
                if points.isEmpty {
                    missing.append(LineFigure.Absence(name: "\(run.id) \(name)", title: title, reason: "no value of \(name)"))
                } else {
                    lines.append(LineFigure.Line(name: "\(run.id) \(name)", title: title, appearance: SeriesAppearance(index: place, variant: number), points: points))
                }
            }
            let content: JSONValue = ["run": .string(run.id), "specification": .string(run.specificationDigest), "state": .string(run.state.rawValue), "series": .array(shown)]
            basis.runs.append(CellBasis.Run(id: run.id, digest: content.digest.hex, hasEnded: run.state.isFinal, evaluations: evaluations.count { series.contains($0.metric) }))
        }
        for name in series where !known.isEmpty && !known.contains(name) {
            throw FieldError(path: "series", problem: .notOneOf(actual: name, allowed: known.sorted(), suggestion: Suggestion.nearest(to: name, among: known.sorted())))
        }
    }

    /// The loss that is shown where a cell names no series: the first that the runs recorded, of a GAN the discriminator's.
    static func usualSeries(of runs: [RunRecord], _ reader: CatalogReader) throws -> String {
        let known = try Set(runs.flatMap { try reader.metrics(ofRun: $0.number, names: ReportCurves.series).names })
        return ReportCurves.series.first(where: known.contains) ?? ReportCurves.series[0]
    }

    private static func points(_ name: String, _ table: MetricTable, _ evaluations: [EvaluationRecord]) -> [LineFigure.Point] {
        if let column = table.names.firstIndex(of: name) {
            return zip(table.steps, table.columns[column]).compactMap { step, value in value.map { LineFigure.Point(x: Double(step), y: $0) } }
        }
        return evaluations.filter { $0.metric == name }.compactMap { one in one.value.map { LineFigure.Point(x: Double(one.step), y: $0) } }
    }

    private static func title(_ run: RunRecord, _ models: [ModelSchema]) -> String {
        "\(models.first { $0.name == run.model }?.title ?? run.model), setting \(run.setting ?? 0), seed \(run.seed)"
    }

    /// - Errors: `ResultsError.nothingShown` without any value
    func figure(scale: AxisScale?) throws -> LineFigure {
        guard !lines.isEmpty else { throw ResultsError.nothingShown("none of these runs has values of \(series.joined(separator: ", ")) yet") }
        let (chosen, notes) = AxisScale.chosen(scale ?? .linear, for: lines.flatMap { $0.points.map(\.y) })
        let names = series.map { MetricChoice.title(of: $0) }.joined(separator: ", ")
        return LineFigure(title: "\(names) over steps", xTitle: "Step", yTitle: names, yScale: chosen, lines: lines, absences: missing, notes: notes)
    }
}
