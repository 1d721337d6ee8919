import GRDB

extension CatalogReader {
    /// One page of the runs that match a filter, in the order of the query.
    public func page(_ query: RunQuery) throws -> ListPage<RunRecord> { try page(query, RunRecord.init(row:)) }

    /// Like `page`, for studies.
    public func studies(_ query: ListQuery) throws -> ListPage<StudyRecord> { try page(query, CatalogReader.study) }

    /// Like `page`, for checkpoints, each with the run that wrote it.
    public func checkpoints(_ query: ListQuery) throws -> ListPage<ListedCheckpoint> {
        try page(query) { row in
            ListedCheckpoint(
                checkpoint: CatalogReader.checkpoint(row), number: row["run"], run: row["run_id"], model: row["model"],
                dataset: row["dataset"], study: row["study"], seed: row["seed"])
        }
    }

    /// Like `page`, for entries of the audit log.
    public func audit(_ query: ListQuery) throws -> ListPage<AuditEntry> { try page(query, CatalogReader.auditEntry) }

    private func page<Entry: Sendable>(_ query: ListQuery, _ make: (Row) throws -> Entry) throws -> ListPage<Entry> {
        let source = query.source
        let terms = query.order.terms
        let keys = terms.enumerated().map { ", \($1.sql) AS key\($0)" }.joined()
        let (condition, bound) = CatalogReader.condition(of: query)
        let order = terms.map { "\($0.sql) IS NULL, \($0.sql) \($0.descending ? "DESC" : "ASC"), " }.joined() + "\(source.key) DESC"
        let sql = "SELECT \(source.columns), \(source.key) AS list_key\(keys) FROM \(source.table) WHERE \(condition) ORDER BY \(order) LIMIT ?"
        var rows = try Row.fetchAll(db, sql: sql, arguments: StatementArguments(bound + [(query.limit + 1).databaseValue]))
        let hasMore = rows.count > query.limit
        if hasMore { rows.removeLast() }
        return ListPage(
            entries: try rows.map(make),
            total: try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM \(source.table) WHERE \(query.filter.sql)",
                arguments: StatementArguments(query.filter.arguments)) ?? 0,
            nextPageToken: hasMore ? rows.last.map { CatalogReader.token(behind: $0, of: query).text } : nil)
    }

    private static func token(behind row: Row, of query: ListQuery) -> PageToken {
        PageToken(
            query: PageToken.query(query.source.table, query.filter.text, query.order.text),
            values: query.order.terms.indices.map { row["key\($0)"] as DatabaseValue }, key: row["list_key"])
    }

    /// The filter and the keyset condition of the page token: for terms a, b it is a > a0 or (a = a0 and (b > b0 or (b = b0 and
    /// key < k0))). An entry without a value sorts after all that have one.
    private static func condition(of query: ListQuery) -> (sql: String, arguments: [DatabaseValue]) {
        guard let after = query.after else { return (query.filter.sql, query.filter.arguments) }
        var sql = ""
        var arguments = query.filter.arguments
        for (term, value) in zip(query.order.terms, after.values) {
            if value.isNull {
                sql += "(\(term.sql) IS NULL AND "
            } else {
                sql += "(\(term.sql) \(term.descending ? "<" : ">") ? OR \(term.sql) IS NULL OR (\(term.sql) = ? AND "
                arguments += [value, value]
            }
        }
        sql += "\(query.source.key) < ?"
        arguments.append(after.key)
        for value in after.values.reversed() { sql += value.isNull ? ")" : "))" }
        return ("\(query.filter.sql) AND (\(sql))", arguments)
    }
}
