import Canonical
import Catalog
import Notebooks
import Studies

/// The runs that an expression chooses, by study and model.
struct ExpressionSelection {
    let expression: ParsedExpression
    let comparison: Comparison
    /// With the chosen runs alone.
    let groups: [Comparison.Group]
    /// The chosen studies; empty where runs are named without one.
    let studies: [StudyRecord]

    /// - Errors: `ExpressionError` for a name that the catalog does not have, and where nothing is left; `QueryError`, `CatalogError`
    init(_ expression: ParsedExpression, models known: [ModelSchema], _ reader: CatalogReader) throws {
        self.expression = expression
        studies = try expression.texts("study").map { try Self.study($0, expression, reader) }
        var query = ComparisonQuery(studies: studies.map(\.id), models: expression.pair.isEmpty ? expression.texts("model") : expression.pair)
        let named = expression.texts("run")
        for id in named where try reader.run(id) == nil { throw ExpressionError(column: expression.columns["run"], "there is no run \"\(id.prefix(80))\"") }
        if studies.isEmpty { query.runs = named }
        query.selection = expression.text("selection").flatMap(ComparisonQuery.Selection.init) ?? .best
        query.budget = expression.text("unit").flatMap(ComparisonQuery.Budget.init) ?? .settings
        let isOfObjective = expression.metric.map { $0 == ExpressionGrammar.objective } ?? (expression.function.positional == .metric || expression.function.positional == .metricAndPair)
        query.metric = isOfObjective ? nil : expression.metric
        if isOfObjective { try Self.checkObjective(query, studies, expression, reader) }
        if let prefix = expression.text("protocol") { query.protocolDigest = try Self.protocolDigest(prefix, query, expression, reader) }
        comparison = try Comparison(query, models: known, reader)
        try Self.check(query.models, comparison, expression)
        groups = try Self.chosen(comparison.groups, known, expression, reader)
        guard groups.contains(where: { !$0.entries.isEmpty }) else { throw ExpressionError(column: nil, "no run\(Self.conditions(expression))") }
    }

    /// Every chosen run.
    var entries: [StudyResults.Entry] { groups.flatMap(\.entries) }

    /// The metric, its protocol's digest, and its values; only for functions of a metric.
    /// - Errors: `ExpressionError` if nothing was measured; `ResultsError.mixedProtocols`
    func measured(_ reader: CatalogReader) throws -> ProtocolRecord {
        let counted = entries.filter { comparison.score($0) != nil }.map(\.run.number)
        guard !counted.isEmpty else { throw ExpressionError(column: expression.columns["metric"], try absence(reader)) }
        let found = try comparison.query.protocolDigest.map { try reader.protocols(ofRuns: counted, metric: comparison.metric, under: $0) }
            ?? reader.protocols(ofRuns: counted, metric: comparison.metric)
        var protocols: [ProtocolRecord] = []
        for meaning in found where !protocols.contains(where: { $0.digest == meaning.digest }) { protocols.append(meaning) }
        guard protocols.count <= 1, let meaning = protocols.first else { throw ResultsError.mixedProtocols(comparison.metric, protocols) }
        return meaning
    }

    /// Why no run has a value of the metric.
    private func absence(_ reader: CatalogReader) throws -> String {
        let measured = try reader.metrics(measuredIn: entries.map(\.run.number)), metric = comparison.metric
        guard MetricChoice.value(named: metric) != nil || measured.contains(metric) else {
            return ExpressionError.unknown("metric", metric, known: measured.isEmpty ? MetricChoice.all.flatMap(\.values).map(\.name) : measured, column: nil).problem
        }
        let counts = RunState.allCases.map { state in (state, entries.count { $0.run.state == state }) }.filter { $0.1 > 0 }
        let states = counts.map { "\($1) \($0.rawValue)" }.joined(separator: ", ")
        let others = measured.isEmpty ? "nothing was measured yet" : "measured are \(measured.joined(separator: ", "))"
        return "none of \(entries.count) \(entries.count == 1 ? "run" : "runs") (\(states)) ended with a value of \(metric); \(others)"
    }
}

// MARK: Names

extension ExpressionSelection {
    /// The study of an id or a name.
    static func study(_ text: String, _ expression: ParsedExpression, _ reader: CatalogReader) throws -> StudyRecord {
        do { return try reader.study(idOrName: text) } catch let error as StudyNameError { throw ExpressionError(column: expression.columns["study"], error.description) }
    }

    private static func checkObjective(_ query: ComparisonQuery, _ studies: [StudyRecord], _ expression: ParsedExpression, _ reader: CatalogReader) throws {
        let objectives = studies.isEmpty ? try query.runs.compactMap { try reader.run($0)?.objective } : studies.map(\.objective.metric)
        let different = Set(objectives).sorted()
        guard different.count > 1 else { return }
        throw ExpressionError(column: expression.columns["metric"], "these results have different objectives (\(different.joined(separator: ", "))); name a metric")
    }

    /// The full digest of a protocol from its first digits.
    private static func protocolDigest(_ prefix: String, _ query: ComparisonQuery, _ expression: ParsedExpression, _ reader: CatalogReader) throws -> String {
        let runs = try query.studies.flatMap { try reader.runs(ofStudy: $0).map(\.number) } + query.runs.compactMap { try reader.run($0)?.number }
        let metric = try query.metric ?? query.objective(reader).metric
        let found = try reader.protocolDigests(ofRuns: runs, metric: metric, startingWith: prefix)
        if found.count == 1 || found.contains(prefix) { return found.contains(prefix) ? prefix : found[0] }
        let all = try reader.protocolDigests(ofRuns: runs, metric: metric, startingWith: "")
        let known = all.isEmpty ? "none is known here" : "known are \(all.map { String($0.prefix(12)) }.joined(separator: ", "))"
        throw ExpressionError(
            column: expression.columns["protocol"],
            found.isEmpty ? "no value of \(metric) was measured under a protocol \(prefix.prefix(64)); \(known)" : "several protocols begin with \(prefix.prefix(64)); \(known)")
    }

    private static func check(_ models: [String], _ comparison: Comparison, _ expression: ParsedExpression) throws {
        let present = comparison.sources.flatMap(\.models).map(\.model), names = Array(Set(present)).sorted()
        for model in models where !names.contains(model) {
            throw ExpressionError.unknown("model here", model, known: names, column: expression.columns[expression.pair.isEmpty ? "model" : "pair"])
        }
    }

    /// The groups with the runs that the other arguments leave.
    private static func chosen(_ groups: [Comparison.Group], _ known: [ModelSchema], _ expression: ParsedExpression, _ reader: CatalogReader) throws -> [Comparison.Group] {
        let (settings, seeds, ids) = (expression.integers("setting"), expression.integers("seed"), Set(expression.texts("run")))
        var matching: Set<Int64>?
        if let condition = expression.text("where") {
            do {
                let filter = try ListFilter(condition, of: .runs(naming: RunVocabulary(of: known)))
                matching = try reader.numbers(groups.flatMap { $0.entries.map(\.run.number) }, matching: filter)
            } catch let error as QueryError { throw ExpressionError(column: expression.columns["where"], "where: \(error.problem)") }
        }
        return groups.map { group in
            var group = group
            group.entries = group.entries.filter { entry in
                (settings.isEmpty || settings.contains(entry.run.setting ?? 0)) && (seeds.isEmpty || seeds.contains(Int(entry.run.seed)))
                    && (ids.isEmpty || ids.contains(entry.run.id)) && matching?.contains(entry.run.number) ?? true
            }
            return group
        }
    }

    /// What the arguments ask of runs, in words.
    private static func conditions(_ expression: ParsedExpression) -> String {
        let studies = expression.texts("study").map { "\"\($0)\"" }.joined(separator: ", ")
        let others = ["run", "model", "setting", "seed", "where"].compactMap { name -> String? in
            let values = expression.texts(name).map { "\"\($0)\"" } + expression.integers(name).map { "\($0)" }
            return values.isEmpty ? nil : "\(name) = \(values.prefix(8).joined(separator: " or "))"
        }
        return (studies.isEmpty ? "" : " of study \(studies)") + (others.isEmpty ? " was found" : " has \(others.joined(separator: ", "))")
    }

    /// The same as a filter of the list of runs.
    var filter: String {
        func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
        func among(_ name: String, _ values: [String]) -> String? {
            values.isEmpty ? nil : values.count == 1 ? "\(name) = \(values[0])" : "\(name) in (\(values.joined(separator: ", ")))"
        }
        let models = expression.pair.isEmpty ? expression.texts("model") : expression.pair
        let parts = [
            among("study", studies.map { quoted($0.id) }), among("id", expression.texts("run").map(quoted)), among("model", models.map(quoted)),
            among("setting", expression.integers("setting").map { "\($0)" }), among("seed", expression.integers("seed").map { "\($0)" }),
            among("outcome", expression.texts("outcome").map(quoted)), expression.text("where").map { "(\($0))" },
        ]
        return parts.compactMap(\.self).joined(separator: " and ")
    }
}

/// A study that a name or an id does not identify.
struct StudyNameError: Error, Equatable, CustomStringConvertible {
    let description: String
}

extension CatalogReader {
    /// The study of an id, or of a name that only one study has.
    /// - Errors: `StudyNameError` with the nearest known name, or with the ids of the studies that share the name
    func study(idOrName text: String) throws -> StudyRecord {
        if let study = try study(text) { return study }
        let named = try studies(named: text)
        if named.count == 1 { return named[0] }
        guard named.isEmpty else {
            throw StudyNameError(description: "\(named.count) studies are named \"\(text.prefix(80))\"; name one by its id: \(named.prefix(8).map(\.id).joined(separator: ", "))")
        }
        let names = try studyNames(limit: 200), hint = Suggestion.nearest(to: text, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
        let known = names.isEmpty ? "there are no studies yet" : "known are \(names.prefix(8).map { "\"\($0)\"" }.joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
        throw StudyNameError(description: "there is no study \"\(text.prefix(80))\"\(hint.isEmpty ? "; \(known)" : hint)")
    }
}
