public import Canonical

/// The hyperparameters of a run: names and values, always in the order of the names.
///
/// Values from outside come through `ModelSchema.hyperparameters(reading:)`, which checks them. After that a name that
/// is absent or of another kind is a mistake of the programmer, and traps.
public struct Hyperparameters: Sendable, Hashable {
    private var values: [String: HyperparameterValue]

    public init(_ values: [String: HyperparameterValue] = [:]) { self.values = values }

    public var names: [String] { values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    public var count: Int { values.count }

    public subscript(name: String) -> HyperparameterValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    public func real(_ name: String) -> Double {
        guard case .real(let value)? = values[name] else { misuse(name, .real) }
        return value
    }

    public func integer(_ name: String) -> Int {
        guard case .integer(let value)? = values[name] else { misuse(name, .integer) }
        return value
    }

    public func bool(_ name: String) -> Bool {
        guard case .bool(let value)? = values[name] else { misuse(name, .bool) }
        return value
    }

    public func text(_ name: String) -> String {
        guard case .text(let value)? = values[name] else { misuse(name, .text) }
        return value
    }

    public var json: JSONValue { .object(values.mapValues(\.json)) }

    private func misuse(_ name: String, _ kind: HyperparameterValue.Kind) -> Never {
        let actual = values[name].map { "\($0.kind.rawValue) \($0)" } ?? "none among \(names)"
        preconditionFailure("hyperparameter \(name): expected \(kind.rawValue), found \(actual)")
    }
}

extension Hyperparameters: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, HyperparameterValue)...) {
        values = Dictionary(uniqueKeysWithValues: elements)
    }
}
