/// What a filter or an order may name, and how the database computes it.
struct ListField: Sendable {
    enum Kind: Sendable { case text, number }

    var kind: Kind
    var sql: String

    static func text(_ sql: String) -> ListField { ListField(kind: .text, sql: sql) }
    static func number(_ sql: String) -> ListField { ListField(kind: .number, sql: sql) }
}
