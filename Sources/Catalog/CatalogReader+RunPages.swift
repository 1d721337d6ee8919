import GRDB

extension CatalogReader {
    /// One page of the runs that pass a filter, in an order.
    public func page(_ query: RunQuery) throws -> RunPage {
        let terms = query.order.terms
        let keys = terms.enumerated().map { ", \($1.sql) AS key\($0)" }.joined()
        let (condition, bound) = CatalogReader.condition(of: query)
        let order = terms.map { "\($0.sql) IS NULL, \($0.sql) \($0.descending ? "DESC" : "ASC"), " }.joined() + "runs.number DESC"
        let sql = "SELECT \(RunRecord.columns)\(keys) FROM runs WHERE \(condition) ORDER BY \(order) LIMIT ?"
        var rows = try Row.fetchAll(db, sql: sql, arguments: StatementArguments(bound + [(query.limit + 1).databaseValue]))
        let hasMore = rows.count > query.limit
        if hasMore { rows.removeLast() }
        return RunPage(
            runs: try rows.map(RunRecord.init(row:)),
            total: try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM runs WHERE \(query.filter.sql)",
                arguments: StatementArguments(query.filter.arguments)) ?? 0,
            nextPageToken: hasMore ? rows.last.map { CatalogReader.token(behind: $0, of: query).text } : nil)
    }

    private static func token(behind row: Row, of query: RunQuery) -> PageToken {
        PageToken(
            query: PageToken.query(query.filter.text, query.order.text),
            values: query.order.terms.indices.map { row["key\($0)"] as DatabaseValue }, number: row["number"])
    }

    /// The filter, and behind the page token: for terms a, b that is a > a0 or (a = a0 and (b > b0 or (b = b0 and
    /// number < n0))), where a run without the value stands behind all that have one.
    private static func condition(of query: RunQuery) -> (sql: String, arguments: [DatabaseValue]) {
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
        sql += "runs.number < ?"
        arguments.append(after.number.databaseValue)
        for value in after.values.reversed() { sql += value.isNull ? ")" : "))" }
        return ("\(query.filter.sql) AND (\(sql))", arguments)
    }
}
