/// What a filter or an order may name, and how the database computes it.
public struct ListField: Sendable {
    public enum Kind: Sendable, Hashable {
        case text, number
        /// A hyperparameter that is a text in one model and a number in another: a value of either kind may stand beside it.
        case either
    }

    var kind: Kind
    var sql: String

    static func text(_ sql: String) -> ListField { ListField(kind: .text, sql: sql) }
    static func number(_ sql: String) -> ListField { ListField(kind: .number, sql: sql) }
}

/// Fields that share a prefix: `best.fid`, `hyperparameters.beta1`.
struct ListFamily: Sendable {
    /// The first is the one that people are told of, the others mean the same.
    var prefixes: [String]
    /// What stands behind the prefix: "metric".
    var noun: String
    /// What people are told of the whole: "best.METRIC".
    var pattern: String { "\(prefixes[0]).\(noun.uppercased())" }
    /// The names behind the prefix and the kinds of their values; nil where every name is taken.
    var known: [String: ListField.Kind]?
    /// - Parameter name: of lower-case letters, digits and underscores alone.
    var field: @Sendable (_ name: String, ListField.Kind) -> ListField

    /// Nil for a name that is not known.
    func field(_ name: String) -> ListField? {
        guard ListFamily.isPlain(name) else { return nil }
        guard let known else { return field(name, .either) }
        return known[name].map { field(name, $0) }
    }

    /// Only these letters ever get into a statement by name; every value is bound.
    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
