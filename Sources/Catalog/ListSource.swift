import Canonical

/// A list that can be filtered, sorted, and paged: its table, its fields, and the key that identifies its rows.
public struct ListSource: Sendable {
    let table: String
    /// The columns selected for each row.
    let columns: String
    /// Unique for each row; breaks ties in an order, largest first.
    let key: String
    let fields: [String: ListField]
    /// The field names in the order in which they are documented.
    let names: [String]
    /// Fields that consist of a prefix and a name.
    let families: [ListFamily]
    /// What every entry fulfills: it is not in the trash.
    let condition: String?

    init(table: String, columns: String, key: String, fields: [(String, ListField)], families: [ListFamily] = [], condition: String? = nil) {
        self.condition = condition
        self.table = table
        self.columns = columns
        self.key = key
        self.fields = Dictionary(fields) { $1 }
        self.names = fields.map(\.0)
        self.families = families
    }

    /// Whether the entries are the rows of one table, which the key identifies.
    var isOneTable: Bool { !table.contains(" ") }

    /// A condition of a filter, for the entries that the list has.
    func restricted(_ sql: String) -> String { condition.map { "\($0) AND (\(sql))" } ?? sql }

    func field(_ name: String) -> ListField? {
        if let field = fields[name] { return field }
        if let bare = families.first(where: { $0.known?[name] != nil && $0.mayStandAlone }) { return bare.field(name) }
        guard let (prefix, rest) = ListSource.parts(name), let family = family(prefix) else { return nil }
        return family.field(rest) ?? (family.leadsToFields && prefix != family.prefixes[0] ? fields[rest] : nil)
    }

    /// The message for an unknown field, with the known names.
    func unknown(_ name: String) -> String {
        if let (prefix, rest) = ListSource.parts(name), let family = family(prefix), let known = family.known {
            let names = known.keys.sorted()
            let hint = Suggestion.nearest(to: rest, among: names).map { " (did you mean \(prefix).\($0)?)" } ?? ""
            return "there is no \(family.noun) '\(rest)'\(hint); the names after \(prefix). are \(names.joined(separator: ", "))"
        }
        let hint = Suggestion.nearest(to: name, among: names).map { " (did you mean \($0)?)" } ?? ""
        return "there is no field '\(name)'\(hint); the fields are \((names + families.map(\.pattern)).joined(separator: ", "))"
    }

    private func family(_ prefix: String) -> ListFamily? { families.first { $0.prefixes.contains(prefix) } }

    private static func parts(_ name: String) -> (prefix: String, rest: String)? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    /// The list of studies.
    public static let studies = ListSource(
        table: "studies", columns: "studies.*", key: "studies.id",
        fields: [
            ("id", .text("studies.id")), ("name", .text("studies.name")), ("state", .word(studyState, of: [RunState.queued, .running, .cancelled, .done])), ("created", .number("studies.created")),
            ("finished", .number("studies.finished")), ("dataset", .text("json_extract(studies.plan, '$.dataset.name')")),
            ("runs", .number("(SELECT COUNT(*) FROM runs WHERE runs.study = studies.id)")), ("models", .list("json_extract(studies.plan, '$.models')")),
            ("tag", .list("(SELECT tags FROM study_labels WHERE study = studies.id)")), ("note", .text("(SELECT NULLIF(note, '') FROM study_labels WHERE study = studies.id)")),
            ("starred", .number("COALESCE((SELECT starred FROM study_labels WHERE study = studies.id), 0)")),
        ], condition: "studies.id NOT IN (SELECT target FROM deletions WHERE kind = 'study' AND ended IS NULL)")

    /// The list of checkpoints.
    public static let checkpoints = ListSource(
        table: "checkpoints JOIN runs ON runs.number = checkpoints.run",
        columns: "checkpoints.*, runs.id AS run_id, runs.model, runs.dataset, runs.study, runs.seed",
        key: "(checkpoints.run * 4294967296 + checkpoints.step)",
        fields: [
            ("run", .text("runs.id")), ("step", .number("checkpoints.step")), ("digest", .text("checkpoints.digest")),
            ("bytes", .number("checkpoints.bytes")), ("final", .number("checkpoints.final")), ("created", .number("checkpoints.time")),
            ("model", .text("runs.model")), ("dataset", .text("runs.dataset")), ("study", .text("runs.study")), ("seed", .number("runs.seed")),
            ("state", .word("runs.state", of: RunState.allCases)),
        ], condition: "checkpoints.run NOT IN (SELECT run FROM deleted_runs) AND (checkpoints.run, checkpoints.step) NOT IN (SELECT run, step FROM deleted_checkpoints)")

    /// The audit log.
    public static let audit = ListSource(
        table: "audit", columns: "audit.*", key: "audit.number",
        fields: [
            ("number", .number("audit.number")), ("time", .number("audit.time")), ("actor", .text("audit.actor")), ("member", .text("audit.member")),
            ("via", .text("audit.via")), ("address", .text("audit.address")), ("action", .text("audit.action")), ("target", .text("audit.target")),
            ("detail", .text("audit.detail")),
        ])

    /// The state of a study follows from its runs: an unfinished study is queued until one of its runs has started.
    private static let studyState = """
        (CASE WHEN EXISTS (SELECT 1 FROM runs WHERE runs.study = studies.id AND runs.state IN ('queued', 'running'))
            THEN CASE WHEN EXISTS (SELECT 1 FROM runs WHERE runs.study = studies.id AND (runs.state <> 'queued' OR runs.step > 0))
                THEN 'running' ELSE 'queued' END
            WHEN studies.cancelled THEN 'cancelled' ELSE 'done' END)
        """
}
