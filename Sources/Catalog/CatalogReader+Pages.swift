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
        if source.isOneTable, !terms.isEmpty || query.filter != .all { return try matchedPage(query, make) }
        let keys = terms.enumerated().map { ", \($1.sql) AS key\($0)" }.joined()
        let (condition, bound) = CatalogReader.condition(of: query)
        let order = terms.map { "\($0.sql) IS NULL, \($0.sql) \($0.descending ? "DESC" : "ASC"), " }.joined() + "\(source.key) DESC"
        let sql = "SELECT \(source.columns), \(source.key) AS list_key\(keys) FROM \(source.table) WHERE \(source.restricted(condition)) ORDER BY \(order) LIMIT ?"
        var rows = try Row.fetchAll(db, sql: sql, arguments: StatementArguments(bound + [(query.limit + 1).databaseValue]))
        let hasMore = rows.count > query.limit
        if hasMore { rows.removeLast() }
        return ListPage(
            entries: try rows.map(make),
            total: try count(query),
            nextPageToken: hasMore ? rows.last.map { CatalogReader.token(behind: $0, of: query).text } : nil)
    }

    /// The same where the filter or the order has to look at many entries: each is looked at once, for the page and for the total number, and its filter and sort values are
    /// computed once; whole rows are read for the page alone.
    private func matchedPage<Entry: Sendable>(_ query: ListQuery, _ make: (Row) throws -> Entry) throws -> ListPage<Entry> {
        let source = query.source, terms = query.order.terms
        let keys = terms.enumerated().map { ", \($1.sql) AS key\($0)" }.joined()
        let (condition, bound) = CatalogReader.condition(of: query, terms.indices.map { "key\($0)" }, key: "list_key")
        let order = terms.indices.map { "key\($0) IS NULL, key\($0) \(terms[$0].descending ? "DESC" : "ASC"), " }.joined() + "list_key DESC"
        let sql = """
            WITH matched AS MATERIALIZED (SELECT \(source.key) AS list_key\(keys) FROM \(source.table) WHERE \(source.restricted(query.filter.sql))),
                chosen AS (SELECT * FROM matched WHERE \(condition) ORDER BY \(order) LIMIT ?)
            SELECT \(source.columns), chosen.*, (SELECT COUNT(*) FROM matched) AS list_total
            FROM chosen CROSS JOIN \(source.table) ON \(source.key) = chosen.list_key ORDER BY \(order)
            """
        let arguments = query.filter.arguments + bound + [(query.limit + 1).databaseValue]
        var rows = try Row.fetchAll(db, sql: sql, arguments: StatementArguments(arguments))
        let total = try rows.first.map { $0["list_total"] as Int } ?? (query.after == nil ? 0 : count(query))
        let hasMore = rows.count > query.limit
        if hasMore { rows.removeLast() }
        return ListPage(entries: try rows.map(make), total: total, nextPageToken: hasMore ? rows.last.map { CatalogReader.token(behind: $0, of: query).text } : nil)
    }

    /// The number of entries that match the filter on all pages.
    private func count(_ query: ListQuery) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM \(query.source.table) WHERE \(query.source.restricted(query.filter.sql))",
            arguments: StatementArguments(query.filter.arguments)) ?? 0
    }

    private static func token(behind row: Row, of query: ListQuery) -> PageToken {
        PageToken(
            query: PageToken.query(query.source.table, query.filter.text, query.order.text),
            values: query.order.terms.indices.map { row["key\($0)"] as DatabaseValue }, key: row["list_key"])
    }

    /// The filter and the keyset condition of the page token: for terms a, b it is a > a0 or (a = a0 and (b > b0 or (b = b0 and
    /// key < k0))). An entry without a value sorts after all that have one.
    private static func condition(of query: ListQuery) -> (sql: String, arguments: [DatabaseValue]) {
        let (sql, arguments) = condition(of: query, query.order.terms.map(\.sql), key: query.source.key)
        return ("\(query.filter.sql) AND (\(sql))", query.filter.arguments + arguments)
    }

    /// The keyset condition alone.
    /// - Parameters:
    ///   - terms: the SQL of the terms of the order
    ///   - key: that of the key of the list
    private static func condition(of query: ListQuery, _ terms: [String], key: String) -> (sql: String, arguments: [DatabaseValue]) {
        guard let after = query.after else { return ("1", []) }
        var sql = ""
        var arguments: [DatabaseValue] = []
        for ((term, name), value) in zip(zip(query.order.terms, terms), after.values) {
            if value.isNull {
                sql += "(\(name) IS NULL AND "
            } else {
                sql += "(\(name) \(term.descending ? "<" : ">") ? OR \(name) IS NULL OR (\(name) = ? AND "
                arguments += [value, value]
            }
        }
        sql += "\(key) < ?"
        arguments.append(after.key)
        for value in after.values.reversed() { sql += value.isNull ? ")" : "))" }
        return (sql, arguments)
    }
}
