import GRDB

/// A filter of a list, parsed from text such as `model = 'wgan' and (fid < 30 or state = 'failed')`.
///
/// Operators: `= != < <= > >=`, `~` (contains, case-insensitive in every alphabet), and `in (…)`, combined with `and`, `or`, `not`, and
/// parentheses. `null` stands for a missing value. The fields are those of its `ListSource`.
public struct ListFilter: Sendable, Equatable {
    /// The text it was parsed from.
    public let text: String
    let sql: String
    let arguments: [DatabaseValue]
    /// The metrics whose values it compares, in the order of the text.
    let metrics: [String]

    /// The filter that matches everything.
    public static let all = ListFilter(text: "", sql: "1", arguments: [], metrics: [])

    private init(text: String, sql: String, arguments: [DatabaseValue], metrics: [String]) {
        self.text = text
        self.sql = sql
        self.arguments = arguments
        self.metrics = metrics
    }

    /// - Errors: `QueryError` with the position of the mistake.
    public init(_ text: String, of source: ListSource = .runs) throws(QueryError) {
        guard text.utf8.count <= 2000 else { throw QueryError(field: "filter", problem: "is longer than 2000 bytes") }
        guard text.contains(where: { !$0.isWhitespace }) else {
            self = .all
            return
        }
        var parser = FilterParser(words: try FilterToken.words(of: text), source: source)
        let sql = try parser.parse()
        self.init(text: text, sql: sql, arguments: parser.arguments, metrics: parser.metrics)
    }
}
