public import Canonical

/// A value with its confidence interval.
public struct Estimate: Sendable, Hashable {
    /// The point estimate.
    public let value: Double
    /// Lower bound of the interval.
    public let lower: Double
    /// Upper bound of the interval.
    public let upper: Double

    /// Creates a value from its parts.
    public init(value: Double, lower: Double, upper: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }

    /// JSON with non-finite numbers as null.
    public var json: JSONValue {
        .object(["value": .finite(value), "lower": .finite(lower), "upper": .finite(upper)])
    }
}

extension JSONValue {
    /// A number, or null if it is not finite.
    static func finite(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
}
