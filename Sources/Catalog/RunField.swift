/// What a filter or an order may name, and how the database computes it.
struct RunField {
    enum Kind { case text, number }

    var kind: Kind
    var sql: String

    /// The plain names, in the order in which they are told to people.
    static let names = [
        "id", "model", "dataset", "seed", "state", "study", "setting", "position", "step", "steps", "created", "started", "finished",
        "duration", "threads", "attempt", "message", "digest", "specification", "rerun_of", "fid",
    ]

    private static let plain: [String: RunField] = [
        "id": RunField(kind: .text, sql: "runs.id"),
        "model": RunField(kind: .text, sql: "runs.model"),
        "dataset": RunField(kind: .text, sql: "runs.dataset"),
        "seed": RunField(kind: .number, sql: "runs.seed"),
        "state": RunField(kind: .text, sql: "runs.state"),
        "study": RunField(kind: .text, sql: "runs.study"),
        "setting": RunField(kind: .number, sql: "runs.setting"),
        "position": RunField(kind: .number, sql: "runs.position"),
        "step": RunField(kind: .number, sql: "runs.step"),
        "steps": RunField(kind: .number, sql: "runs.steps"),
        "created": RunField(kind: .number, sql: "runs.created"),
        "started": RunField(kind: .number, sql: "runs.started"),
        "finished": RunField(kind: .number, sql: "runs.finished"),
        "duration": RunField(kind: .number, sql: "(runs.finished - runs.started)"),
        "threads": RunField(kind: .number, sql: "runs.threads"),
        "attempt": RunField(kind: .number, sql: "runs.attempt"),
        "message": RunField(kind: .text, sql: "runs.message"),
        "digest": RunField(kind: .text, sql: "runs.final_digest"),
        "specification": RunField(kind: .text, sql: "runs.specification_digest"),
        "rerun_of": RunField(kind: .text, sql: "runs.rerun_of"),
        "fid": score("fid", "best"),
    ]

    /// A plain name, `best.METRIC`, `final.METRIC` or `hyperparameters.NAME`; nil for anything else.
    init?(_ name: String) {
        if let field = RunField.plain[name] {
            self = field
            return
        }
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, RunField.isPlainWord(parts[1]) else { return nil }
        switch parts[0] {
        case "best", "final": self = RunField.score(parts[1], parts[0])
        case "hyperparameters":
            self.init(kind: .number, sql: "json_extract(runs.specification, '$.hyperparameters.\(parts[1])')")
        default: return nil
        }
    }

    private init(kind: Kind, sql: String) {
        self.kind = kind
        self.sql = sql
    }

    private static func score(_ metric: String, _ column: String) -> RunField {
        RunField(kind: .number, sql: "(SELECT scores.\(column) FROM scores WHERE scores.run = runs.number AND scores.metric = '\(metric)')")
    }

    /// Only these letters ever get into a statement by name; every value is bound.
    private static func isPlainWord(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
