public import Canonical

/// The rows that a query of the documented views selected.
public struct SQLAnswer: Sendable, Equatable {
    /// Names of the columns, each one once.
    public var columns: [String]
    /// Values by row: null, integers, numbers, texts.
    public var rows: [[JSONValue]]
    /// Whether there were more rows than the limits allow.
    public var isTruncated: Bool

    /// Makes an answer.
    public init(columns: [String], rows: [[JSONValue]], isTruncated: Bool = false) {
        (self.columns, self.rows, self.isTruncated) = (columns, rows, isTruncated)
    }

    /// The answer as JSON.
    public var json: JSONValue {
        [
            "columns": .array(columns.map { .string($0) }), "rows": .array(rows.map { .array($0) }), "truncated": .bool(isTruncated),
        ]
    }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        columns = try fields.optionalStrings("columns", count: 0...10_000) ?? []
        isTruncated = try fields.bool("truncated")
        rows = []
        for (place, row) in try fields.array("rows", count: 0...1_000_000).enumerated() {
            guard let values = row.arrayValue, values.count == columns.count else { throw fields.error("rows[\(place)]", "must have \(columns.count) values") }
            rows.append(values)
        }
        try fields.finish()
    }
}

/// Why a query has no answer, in one sentence for its author.
public struct SQLProblem: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and what is allowed.
    public var description: String

    /// Makes a problem.
    public init(_ description: String) { self.description = description }
}
