public import Canonical

/// The hyperparameters of a run: names and values, ordered by name.
///
/// Untrusted values are validated by `ModelSchema.hyperparameters(reading:)`. Afterwards, accessing a missing name or
/// a value of a different kind is a programming error and traps.
public struct Hyperparameters: Sendable, Hashable {
    private var values: [String: HyperparameterValue]

    /// Creates hyperparameters from names and values.
    public init(_ values: [String: HyperparameterValue] = [:]) { self.values = values }

    /// The names, sorted by UTF-8 bytes.
    public var names: [String] { values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// Number of hyperparameters.
    public var count: Int { values.count }

    /// The value with a name, or nil.
    public subscript(name: String) -> HyperparameterValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// The real value with a name.
    /// - Precondition: it exists and is real
    public func real(_ name: String) -> Double {
        guard case .real(let value)? = values[name] else { misuse(name, .real) }
        return value
    }

    /// The integer value with a name.
    /// - Precondition: it exists and is an integer
    public func integer(_ name: String) -> Int {
        guard case .integer(let value)? = values[name] else { misuse(name, .integer) }
        return value
    }

    /// The Boolean value with a name.
    /// - Precondition: it exists and is Boolean
    public func bool(_ name: String) -> Bool {
        guard case .bool(let value)? = values[name] else { misuse(name, .bool) }
        return value
    }

    /// The text value with a name.
    /// - Precondition: it exists and is a text
    public func text(_ name: String) -> String {
        guard case .text(let value)? = values[name] else { misuse(name, .text) }
        return value
    }

    /// A JSON object by name.
    public var json: JSONValue { .object(values.mapValues(\.json)) }

    private func misuse(_ name: String, _ kind: HyperparameterValue.Kind) -> Never {
        let actual = values[name].map { "\($0.kind.rawValue) \($0)" } ?? "none among \(names)"
        preconditionFailure("hyperparameter \(name): expected \(kind.rawValue), found \(actual)")
    }
}

extension Hyperparameters: ExpressibleByDictionaryLiteral {
    /// A dictionary literal; duplicate names trap.
    public init(dictionaryLiteral elements: (String, HyperparameterValue)...) {
        values = Dictionary(uniqueKeysWithValues: elements)
    }
}
