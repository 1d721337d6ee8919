import Canonical
import Catalog
import Events
import Figures
import Notebooks
import Studies

/// Cells that list runs and checkpoints.
extension CellResolver {
    private static let mostRows = 200
    private static let standardRows = 20

    /// Fields: `filter` and `order` as in the list of runs, `study`, `columns`, `limit`.
    func runs(_ given: CellReader) throws -> CellOutput {
        var cell = given
        let (query, address) = try list(&cell, .runs(naming: RunVocabulary(of: views.models)))
        let columns = try cell.names("column", "columns", most: RunColumn.most).map { try RunColumn($0, models: views.models, cell.fields) }
        for (place, column) in columns.enumerated() where columns[..<place].contains(where: { $0.name == column.name }) {
            throw cell.fields.error("columns[\(place)]", "\"\(column.name)\" is a duplicate")
        }
        try cell.finish()
        let page = try cell.reader.page(query), shown = columns.isEmpty ? RunColumn.standard : columns
        let scores = try cell.reader.scores(ofRuns: page.entries.map(\.number))
        let rows = page.entries.map { run in shown.map { $0.cell(run, scores[run.number] ?? [], views.models) } }
        let table = LinkedTable(
            title: "Runs", columns: shown.map { ($0.title, $0.name) }, rows: rows,
            notes: ["\(page.entries.count) of \(FigureNumber.count(page.total)) \(page.total == 1 ? "run" : "runs")."] + (try ListCautions.all(query, cell.reader)))
        var basis = CellBasis()
        basis.runs = zip(page.entries, rows).map { run, row in
            let content = JSONValue.array(row.map(\.value) + [.string(run.specificationDigest)])
            return CellBasis.Run(id: run.id, digest: content.digest.hex, hasEnded: run.state.isFinal, evaluations: 0)
        }
        basis.rows = table.digest
        return table.output(basis: basis, address: address)
    }

    /// Fields: `filter` and `order` as in the list of checkpoints, `study`, `limit`.
    func checkpoints(_ given: CellReader) throws -> CellOutput {
        var cell = given
        let (query, address) = try list(&cell, .checkpoints)
        try cell.finish()
        let page = try cell.reader.checkpoints(query)
        let rows = try page.entries.map { listed -> [LinkedTable.Cell] in
            let (run, checkpoint) = (try cell.reader.requiredRun(listed.run), listed.checkpoint)
            let best = try? cell.reader.bestCheckpoint(of: run).get()
            let value = try cell.reader.evaluations(ofRun: run.number).first { $0.step == checkpoint.step && $0.metric == run.objective && $0.isPrimary }?.value
            let digits = MetricChoice.value(named: run.objective)?.digits ?? 4
            return [
                .init(run.id, address: View(.page(.run(run.id))).address), .init(run.model), .init("\(run.setting ?? 0)", .count(run.setting ?? 0)),
                .init("\(run.seed)", .integer(run.seed)), .init(FigureNumber.count(checkpoint.step), .count(checkpoint.step)),
                value.map { .init("\(FigureNumber.fixed($0, digits: digits))\(best?.checkpoint.step == checkpoint.step ? " (best)" : "")", .optional($0)) } ?? .none,
                .init(FigureNumber.count(Int(checkpoint.bytes)), .integer(checkpoint.bytes)),
                .init(String(checkpoint.digest.prefix(12)), .string(checkpoint.digest), address: "/api/v1/checkpoints/\(View.encoded(checkpoint.digest)).npz"),
            ]
        }
        let table = LinkedTable(
            title: "Checkpoints",
            columns: [
                ("Run", "run"), ("Model", "model"), ("Setting", "setting"), ("Seed", "seed"), ("Step", "step"), ("Objective", "objective"), ("Bytes", "bytes"), ("Archive", "digest"),
            ], rows: rows, notes: ["\(page.entries.count) of \(FigureNumber.count(page.total)) \(page.total == 1 ? "checkpoint" : "checkpoints")."])
        var basis = CellBasis()
        basis.rows = table.digest
        return table.output(basis: basis, address: address)
    }

    /// The query of a list cell, and the page of runs with the same filter.
    private func list(_ cell: inout CellReader, _ source: ListSource) throws -> (query: ListQuery, address: String) {
        let studies = try cell.studies(), filter = try cell.fields.optionalString("filter", maximumBytes: 1500) ?? ""
        let order = try cell.fields.optionalString("order", maximumBytes: 500) ?? ""
        let limit = try cell.fields.optionalInteger("limit", in: 1...Self.mostRows) ?? Self.standardRows
        // The author's own text first: an error names a place in it.
        do { _ = try ListQuery(source, filter: filter, orderBy: order, limit: limit) } catch {
            throw cell.fields.error(error.field == "order_by" ? "order" : error.field, error.problem)
        }
        let ids = studies.map { "'\($0.id)'" }.joined(separator: ", ")
        let whole = [studies.isEmpty ? "" : "study in (\(ids))", filter.contains { !$0.isWhitespace } ? "(\(filter))" : ""].filter { !$0.isEmpty }.joined(separator: " and ")
        return (try ListQuery(source, filter: whole, orderBy: order, limit: limit), "/runs" + (whole.isEmpty ? "" : "?q=\(View.encoded(whole))"))
    }
}

/// A column of a list of runs: a field of the list, a metric's value, or a hyperparameter.
struct RunColumn {
    static let most = 16
    static let standard = ["id", "model", "setting", "seed", "state", "objective"].map { RunColumn(name: $0, title: titles[$0] ?? $0) }

    let name: String
    let title: String

    private static let titles = [
        "id": "Run", "study": "Study", "model": "Model", "dataset": "Data set", "setting": "Setting", "seed": "Seed", "state": "State", "outcome": "Outcome", "step": "Step",
        "steps": "Steps", "objective": "Objective, best", "created": "Submitted", "duration": "Seconds", "threads": "Threads", "message": "Message",
        "specification": "Specification", "digest": "Final digest", "rerun_of": "Rerun of",
    ]

    private init(name: String, title: String) { (self.name, self.title) = (name, title) }

    /// - Errors: `FieldError` for a name that no run has
    init(_ name: String, models: [ModelSchema], _ fields: FieldReader) throws {
        let metrics = MetricChoice.all.flatMap(\.values).map(\.name), hyperparameters = Set(models.flatMap(\.hyperparameters).map(\.name)).sorted()
        let known = Self.titles.keys.sorted() + metrics + metrics.map { "final." + $0 } + hyperparameters.map { "hyperparameters." + $0 }
        let plain = name.hasPrefix("best.") ? String(name.dropFirst(5)) : name
        guard known.contains(plain) else {
            throw FieldError(path: fields.path(of: "columns"), problem: .notOneOf(actual: String(name.prefix(80)), allowed: Self.titles.keys.sorted() + ["best.METRIC", "final.METRIC", "hyperparameters.NAME"], suggestion: Suggestion.nearest(to: plain, among: known)))
        }
        self.init(name: plain, title: Self.titles[plain] ?? Self.title(plain))
    }

    private static func title(_ name: String) -> String {
        if name.hasPrefix("final.") { return MetricChoice.label(of: String(name.dropFirst(6))) + ", last" }
        return name.hasPrefix("hyperparameters.") ? String(name.dropFirst(16)) : MetricChoice.label(of: name)
    }

    func cell(_ run: RunRecord, _ scores: [ScoreRecord], _ models: [ModelSchema]) -> LinkedTable.Cell {
        func text(_ text: String?) -> LinkedTable.Cell { text.map { .init($0) } ?? .none }
        func count(_ count: Int?) -> LinkedTable.Cell { count.map { .init(FigureNumber.count($0), .count($0)) } ?? .none }
        switch name {
        case "id": return .init(run.id, address: View(.page(.run(run.id))).address)
        case "study": return run.study.map { .init($0, address: View(.page(.study($0))).address) } ?? .none
        case "model": return .init(models.first { $0.name == run.model }?.title ?? run.model, .string(run.model))
        case "dataset": return text(run.dataset)
        case "setting": return count(run.setting)
        case "seed": return .init("\(run.seed)", .integer(run.seed))
        case "state": return .init(run.outcome.map(\.words) ?? run.state.rawValue, .string(run.state.rawValue))
        case "outcome": return text(run.outcome?.rawValue)
        case "step": return count(run.step)
        case "steps": return count(run.steps)
        case "created": return .init(UTCTime.text(run.created), .number(run.created))
        case "duration": return run.duration.map { .init(FigureNumber.text($0, digits: 3), .number($0)) } ?? .none
        case "threads": return count(run.threads)
        case "message": return text(run.message.isEmpty ? nil : run.message)
        case "specification": return .init(String(run.specificationDigest.prefix(12)), .string(run.specificationDigest))
        case "digest": return run.finalDigest.map { .init(String($0.prefix(12)), .string($0)) } ?? .none
        case "rerun_of": return run.rerunOf.map { .init($0, address: View(.page(.run($0))).address) } ?? .none
        default: return value(run, scores)
        }
    }

    private func value(_ run: RunRecord, _ scores: [ScoreRecord]) -> LinkedTable.Cell {
        if name.hasPrefix("hyperparameters.") {
            guard let found = JSONValue(stored: run.specification)["hyperparameters"]?[String(name.dropFirst(16))] else { return .none }
            return .init(found.stringValue ?? found.canonicalText, found)
        }
        let isFinal = name.hasPrefix("final."), metric = name == "objective" ? run.objective : isFinal ? String(name.dropFirst(6)) : name
        guard let score = scores.first(where: { $0.metric == metric }) else { return .none }
        let number = isFinal ? score.final : score.best
        return .init(FigureNumber.fixed(number, digits: MetricChoice.value(named: metric)?.digits ?? 4), .optional(number))
    }
}

/// A time of day in words: the same everywhere.
enum UTCTime {
    /// Unix seconds as `2026-11-29 22:10 UTC`.
    static func text(_ time: Double) -> String {
        guard let seconds = Int(exactly: time.rounded(.down)), 0...253_402_300_799 ~= seconds else { return "unknown time" }
        let (days, rest) = (seconds / 86_400, seconds % 86_400)
        // Days since 1970 to a civil date, by eras of 400 years that begin in March.
        let shifted = days + 719_468, era = shifted / 146_097, day = shifted % 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let inYear = day - (365 * year + year / 4 - year / 100), month = (5 * inYear + 2) / 153
        let date = (inYear - (153 * month + 2) / 5 + 1, month < 10 ? month + 3 : month - 9)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year + era * 400 + (date.1 <= 2 ? 1 : 0))-\(two(date.1))-\(two(date.0)) \(two(rest / 3600)):\(two(rest / 60 % 60)) UTC"
    }
}
