extension ListSource {
    public static let runs = ListSource(
        table: "runs", columns: RunRecord.columns, key: "runs.number",
        fields: [
            ("id", .text("runs.id")), ("model", .text("runs.model")), ("dataset", .text("runs.dataset")), ("seed", .number("runs.seed")),
            ("state", .text("runs.state")), ("study", .text("runs.study")), ("setting", .number("runs.setting")),
            ("position", .number("runs.position")), ("step", .number("runs.step")), ("steps", .number("runs.steps")),
            ("created", .number("runs.created")), ("started", .number("runs.started")), ("finished", .number("runs.finished")),
            ("duration", .number("MAX(0.0, runs.finished - runs.started)")), ("threads", .number("runs.threads")),
            ("attempt", .number("runs.attempt")), ("message", .text("runs.message")), ("digest", .text("runs.final_digest")),
            ("specification", .text("runs.specification_digest")), ("rerun_of", .text("runs.rerun_of")), ("fid", score("fid", "best")),
        ], patternNames: ["best.METRIC", "final.METRIC", "hyperparameters.NAME"], pattern: named)

    /// `best.METRIC`, `final.METRIC` or `hyperparameters.NAME`; nil for anything else.
    private static func named(_ name: String) -> ListField? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, isPlainWord(parts[1]) else { return nil }
        return switch parts[0] {
        case "best", "final": score(parts[1], parts[0])
        case "hyperparameters": .number("json_extract(runs.specification, '$.hyperparameters.\(parts[1])')")
        default: nil
        }
    }

    private static func score(_ metric: String, _ column: String) -> ListField {
        .number("(SELECT scores.\(column) FROM scores WHERE scores.run = runs.number AND scores.metric = '\(metric)')")
    }

    /// Only these letters ever get into a statement by name; every value is bound.
    private static func isPlainWord(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
