/// The order of a list, parsed from text such as `fid` or `model, fid desc`. Entries without the value come last;
/// ties are broken by the key of the list: runs by submission, newest first.
public struct ListOrder: Sendable, Equatable {
    struct Term: Sendable, Equatable {
        var name: String
        var sql: String
        var descending: Bool
        var metric: String?
    }

    /// The text it was parsed from.
    public let text: String
    let terms: [Term]

    /// The order by the list's key alone, newest first.
    public static let newestFirst = ListOrder(text: "", terms: [])

    private init(text: String, terms: [Term]) {
        self.text = text
        self.terms = terms
    }

    /// Terms are separated by commas; each may be followed by `asc` or `desc`, or start with `-` for descending. - Errors: `QueryError`
    public init(_ text: String, of source: ListSource = .runs) throws(QueryError) {
        guard text.utf8.count <= 500 else { throw QueryError(field: "order_by", problem: "is longer than 500 bytes") }
        var terms: [Term] = []
        for part in text.split(separator: ",") {
            let words = part.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
            guard let first = words.first else { continue }
            let minus = first.hasPrefix("-")
            let name = minus ? String(first.dropFirst()) : first
            guard let field = source.field(name) else { throw QueryError(field: "order_by", problem: source.unknown(name)) }
            guard words.count == 1 || (words.count == 2 && !minus && ["asc", "desc"].contains(words[1])) else {
                throw QueryError(field: "order_by", problem: "'\(part)' is not a field with asc or desc")
            }
            terms.append(Term(name: name, sql: field.sql, descending: minus || words.last == "desc", metric: field.metric))
        }
        guard terms.count <= 4 else { throw QueryError(field: "order_by", problem: "has more than 4 terms") }
        self.init(text: text, terms: terms)
    }
}
