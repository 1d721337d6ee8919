extension JSONValue {
    /// A string, or null for nil.
    package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    /// An integer, or null for nil.
    package static func optional(_ number: Int?) -> JSONValue { number.map { .integer(Int64($0)) } ?? .null }
    /// Null for nothing, and for what JSON cannot write.
    package static func optional(_ number: Double?) -> JSONValue { number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
    /// A number of things, exactly.
    package static func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }

    /// An object with one member more; anything else stays as it is.
    package func adding(_ key: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }

    /// Stored canonical JSON back as a value; null when it is damaged.
    package init(stored text: String) {
        self = (try? JSONValue(parsing: text)) ?? .null
    }
}
