public import Canonical

/// A query as the server hands it to its process.
public struct SQLRequest: Sendable {
    /// The catalog's file.
    public let path: String
    /// What is asked.
    public let query: SQLQuery

    /// Reads a request.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        path = try fields.string("catalog")
        let text = try fields.string("sql", maximumBytes: 1 << 20)
        query = SQLQuery(text, limits: try SQLQuery.Limits(reading: try fields.value("limits")))
        try fields.finish()
    }

    /// What the process answers: `answer`, or `problem`.
    public var answer: JSONValue {
        do { return ["answer": try query.answer(from: path).json] } catch { return ["problem": .string(error.description)] }
    }
}

extension SQLQuery.Limits {
    /// The limits for the process.
    public var json: JSONValue { ["rows": .count(rows), "bytes": .count(bytes), "seconds": .number(seconds), "heap": .integer(heap)] }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue) throws(FieldError) {
        self.init()
        var fields = try FieldReader(json, path: "limits")
        rows = try fields.integer("rows", in: 1...1_000_000)
        bytes = try fields.integer("bytes", in: 1...(1 << 30))
        seconds = try fields.number("seconds", in: 0.01...3600)
        heap = Int64(try fields.integer("heap", in: (1 << 20)...(1 << 40)))
        try fields.finish()
    }
}
