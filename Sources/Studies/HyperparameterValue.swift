public import Canonical

/// The value of one hyperparameter.
public enum HyperparameterValue: Sendable, Hashable {
    case real(Double)
    case integer(Int)
    case bool(Bool)
    /// One of the names in its schema, such as a variant of a loss.
    case text(String)

    /// The kinds of values.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case real, integer, bool, text
    }

    /// The kind of this value.
    public var kind: Kind {
        switch self {
        case .real: .real
        case .integer: .integer
        case .bool: .bool
        case .text: .text
        }
    }

    /// The value in JSON.
    public var json: JSONValue {
        switch self {
        case .real(let value): .number(value)
        case .integer(let value): .integer(Int64(value))
        case .bool(let value): .bool(value)
        case .text(let value): .string(value)
        }
    }

    /// The numeric value for axes and tables: 0 and 1 for false and true, NaN for a name.
    public var number: Double {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        case .bool(let value): value ? 1 : 0
        case .text: .nan
        }
    }
}

extension HyperparameterValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A real literal.
    public init(floatLiteral value: Double) { self = .real(value) }
    /// An integer literal.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A Boolean literal.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension HyperparameterValue: CustomStringConvertible {
    /// The JSON text.
    public var description: String { json.canonicalText }
}
