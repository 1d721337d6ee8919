internal import Events
public import Studies

extension ListSource {
    /// The list of runs.
    public static let runs = ListSource(
        table: "runs", columns: RunRecord.columns, key: "runs.number",
        fields: [
            ("id", .text("runs.id")), ("model", .text("runs.model")), ("dataset", .text("runs.dataset")), ("seed", .number("runs.seed")),
            ("state", .word("runs.state", of: RunState.allCases)), ("outcome", .word("runs.outcome", of: RunOutcome.allCases.filter { $0 != .interrupted })), ("study", .text("runs.study")), ("setting", .number("runs.setting")),
            ("position", .number("runs.position")), ("step", .number("runs.step")), ("steps", .number("runs.steps")),
            ("created", .number("runs.created")), ("started", .number("runs.started")), ("finished", .number("runs.finished")),
            ("duration", .number("MAX(0.0, runs.finished - runs.started)")), ("threads", .number("runs.threads")),
            ("attempt", .number("runs.attempt")), ("message", .text("runs.message")), ("digest", .text("runs.final_digest")),
            ("specification", .text("runs.specification_digest")), ("rerun_of", .text("runs.rerun_of")), ("objective", .text("runs.objective")),
            ("fid", score("fid", "best")), ("name", .text("(SELECT NULLIF(name, '') FROM run_labels WHERE run = runs.number)")),
            ("tag", .list("(SELECT tags FROM run_labels WHERE run = runs.number)")), ("note", .text("(SELECT NULLIF(note, '') FROM run_labels WHERE run = runs.number)")),
            ("starred", .number("COALESCE((SELECT starred FROM run_labels WHERE run = runs.number), 0)")),
        ], families: families(nil), condition: "runs.number NOT IN (SELECT run FROM deleted_runs)")

    /// The same with known metrics and hyperparameters: any other name is an error.
    public static func runs(naming vocabulary: RunVocabulary) -> ListSource {
        ListSource(
            table: runs.table, columns: runs.columns, key: runs.key, fields: runs.names.compactMap { name in runs.fields[name].map { (name, $0) } },
            families: families(vocabulary), condition: runs.condition)
    }

    /// The name that refers to the metric of the run's objective.
    static let objectiveName = "objective"

    /// MLflow's names for the same fields are accepted too.
    private static func families(_ vocabulary: RunVocabulary?) -> [ListFamily] {
        let metrics = vocabulary.map { Dictionary(($0.metrics + [objectiveName]).map { ($0, ListField.Kind.number) }) { $1 } }
        return [
            ListFamily(prefixes: ["best", "metrics", "metric"], noun: "metric", known: metrics, mayStandAlone: true) { name, _ in score(name, "best") },
            ListFamily(prefixes: ["final"], noun: "metric", known: metrics) { name, _ in score(name, "final") },
            ListFamily(
                prefixes: ["hyperparameters", "params", "param", "parameters", "parameter"], noun: "name", known: vocabulary?.hyperparameters, leadsToFields: true
            ) { name, kind in ListField(kind: kind, sql: "json_extract(runs.specification, '$.hyperparameters.\(name)')") },
        ]
    }

    private static func score(_ metric: String, _ column: String) -> ListField {
        let name = metric == objectiveName ? "runs.objective" : "'\(metric)'"
        var field = ListField.number("(SELECT scores.\(column) FROM scores WHERE scores.run = runs.number AND scores.metric = \(name) AND scores.is_primary)")
        field.metric = metric
        return field
    }
}

/// The names that filters and orders of runs may use after `best.`, `final.`, and `hyperparameters.`. The catalog itself knows no model.
public struct RunVocabulary: Sendable {
    var metrics: [String]
    var hyperparameters: [String: ListField.Kind]

    /// - Parameter hyperparameters: the names of every model; a name may repeat, even with different kinds.
    public init(metrics: [String], hyperparameters: [(name: String, kind: ListField.Kind)]) {
        self.metrics = metrics
        self.hyperparameters = Dictionary(hyperparameters.map { ($0.name, $0.kind) }) { $0 == $1 ? $0 : .either }
    }
}

extension RunVocabulary {
    /// The names that runs of these models can have: every metric's values and every model's hyperparameters.
    public init(of models: [ModelSchema]) {
        self.init(
            metrics: MetricChoice.all.flatMap { $0.values.map(\.name) },
            hyperparameters: models.flatMap(\.hyperparameters).map { ($0.name, $0.kind == .text ? .text : .number) })
    }
}
