/// A field that a filter or an order may use, and the SQL that computes it.
public struct ListField: Sendable {
    /// The type of a field's values.
    public enum Kind: Sendable, Hashable {
        case text, number
        /// A hyperparameter that is text in one model and a number in another, so values of both kinds may be compared with it.
        case either
    }

    var kind: Kind
    var sql: String
    /// The texts that the field can have; nil if any text is possible.
    var words: [String]?
    /// The metric whose values these are ("objective" for that of each run); nil for other fields.
    var metric: String?
    /// Whether the SQL yields a JSON array of texts, which is compared element by element.
    var isList = false

    static func text(_ sql: String) -> ListField { ListField(kind: .text, sql: sql) }
    static func word<Word: RawRepresentable<String>>(_ sql: String, of words: [Word]) -> ListField {
        ListField(kind: .text, sql: sql, words: words.map(\.rawValue))
    }
    static func number(_ sql: String) -> ListField { ListField(kind: .number, sql: sql) }
    static func list(_ sql: String) -> ListField { ListField(kind: .text, sql: "COALESCE(\(sql), '[]')", isList: true) }
}

/// Fields that share a prefix: `best.fid`, `hyperparameters.beta1`.
struct ListFamily: Sendable {
    /// The first is the documented one; the others are synonyms.
    var prefixes: [String]
    /// What follows the prefix: "metric".
    var noun: String
    /// The documented form: "best.METRIC".
    var pattern: String { "\(prefixes[0]).\(noun.uppercased())" }
    /// The names that may follow the prefix and the kinds of their values; nil if every name is allowed.
    var known: [String: ListField.Kind]?
    /// Whether a known name without a prefix means the same: `fid` for `best.fid`. Fields of the list come first.
    var mayStandAlone = false
    /// Whether a synonym also leads to the fields of the list: MLflow calls `params.model` what is `model` here.
    var leadsToFields = false
    /// - Parameter name: contains only lower-case letters, digits, and underscores.
    var field: @Sendable (_ name: String, ListField.Kind) -> ListField

    /// Nil for an unknown name.
    func field(_ name: String) -> ListField? {
        guard ListFamily.isPlain(name) else { return nil }
        guard let known else { return field(name, .either) }
        return known[name].map { field(name, $0) }
    }

    /// Only these characters ever enter a statement by name; every value is bound.
    private static func isPlain(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}
