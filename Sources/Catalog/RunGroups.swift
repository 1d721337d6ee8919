import GRDB

/// Runs that agree in some fields and in their objective: how many there are, how they ended, and the best values of those that have one.
public struct RunGroup: Sendable {
    /// A value of a field.
    public enum Key: Sendable, Equatable {
        case text(String), number(Double), none
    }

    /// The values of the fields, in their order.
    public var keys: [Key]
    /// The metric that the runs are to optimize.
    public var objective: String
    /// How many runs there are.
    public var runs: Int
    /// How many of them are queued or running.
    public var open: Int
    /// How many of them ended otherwise than done.
    public var failures: Int
    /// How many of them have a value of the objective.
    public var scored: Int
    /// Least, mean, and greatest best value; nil without values, and where these were measured under several evaluation protocols.
    public var values: (least: Double, mean: Double, greatest: Double)?
    /// Whether the values were measured under several evaluation protocols.
    public var isMixed: Bool
}

/// A request for groups of runs.
public struct RunGroupQuery: Sendable {
    /// The most fields by which runs are grouped, and the most groups of an answer.
    public static let mostFields = 3, mostGroups = 1000

    /// The fields, as they were given.
    public let fields: [String]
    let terms: [ListField]
    let filter: ListFilter
    let source: ListSource

    /// - Errors: `QueryError` naming the parameter at fault
    public init(_ source: ListSource = .runs, by fields: [String], filter: String = "") throws(QueryError) {
        guard (1...RunGroupQuery.mostFields).contains(fields.count) else {
            throw QueryError(field: "by", problem: "\(fields.count) fields were given, and 1 to \(RunGroupQuery.mostFields) are taken")
        }
        var terms: [ListField] = []
        for name in fields {
            guard let field = source.field(name.lowercased()) else { throw QueryError(field: "by", problem: source.unknown(name)) }
            terms.append(field)
        }
        (self.fields, self.terms, self.source) = (fields, terms, source)
        self.filter = try ListFilter(filter, of: source)
    }
}

extension CatalogReader {
    /// The groups of the runs that match a filter, in the order of their keys; at most `RunGroupQuery.mostGroups` and one more, which says that there are others.
    public func groups(_ query: RunGroupQuery) throws -> [RunGroup] {
        let columns = query.terms.enumerated().map { "\($1.sql) AS key\($0)" }.joined(separator: ", ")
        let order = query.terms.indices.map { "key\($0) IS NULL, key\($0)" }.joined(separator: ", ")
        let sql = """
            SELECT \(columns), runs.objective AS grouped_objective, COUNT(*) AS members, SUM(runs.state IN ('queued', 'running')) AS open,
                SUM(COALESCE(runs.outcome, 'done') <> 'done') AS failures, COUNT(kept.best) AS scored, MIN(kept.best) AS least, AVG(kept.best) AS mean,
                MAX(kept.best) AS greatest, COUNT(DISTINCT CASE WHEN kept.best IS NOT NULL THEN kept.protocol END) AS protocols
            FROM \(query.source.table) LEFT JOIN scores AS kept ON kept.run = runs.number AND kept.metric = runs.objective AND kept.is_primary
            WHERE \(query.source.restricted(query.filter.sql))
            GROUP BY \(query.terms.indices.map { "key\($0)" }.joined(separator: ", ")), grouped_objective
            ORDER BY \(order), grouped_objective LIMIT \(RunGroupQuery.mostGroups + 1)
            """
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(query.filter.arguments)).map { row in
            let scored: Int = row["scored"], protocols: Int = row["protocols"]
            return RunGroup(
                keys: query.terms.indices.map { RunGroup.Key(row["key\($0)"] as DatabaseValue) }, objective: row["grouped_objective"], runs: row["members"], open: row["open"],
                failures: row["failures"], scored: scored, values: scored > 0 && protocols == 1 ? (row["least"], row["mean"], row["greatest"]) : nil, isMixed: protocols > 1)
        }
    }
}

extension RunGroup.Key {
    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .int64(let integer): self = .number(Double(integer))
        case .double(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case .null, .blob: self = .none
        }
    }
}
