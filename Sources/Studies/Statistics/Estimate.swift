public import Canonical

/// A number with its interval.
public struct Estimate: Sendable, Hashable {
    public let value: Double
    public let lower: Double
    public let upper: Double

    public init(value: Double, lower: Double, upper: Double) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }

    /// Numbers that are not finite are null.
    public var json: JSONValue {
        .object(["value": .finite(value), "lower": .finite(lower), "upper": .finite(upper)])
    }
}

extension JSONValue {
    /// A number, or null for what JSON has no number for.
    static func finite(_ value: Double?) -> JSONValue { value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
}
