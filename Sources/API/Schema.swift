import Canonical

/// The type of a JSON value of the API: the part of JSON Schema 2020-12 that the API needs.
indirect enum Schema: Sendable, Hashable {
    /// Any value.
    case any
    case string
    /// A string that matches a regular expression as a whole.
    case pattern(String)
    /// A string with bounds on its length (in code points, as in JSON Schema) and an optional pattern.
    case text(ClosedRange<Int>, pattern: String?)
    /// One of these strings.
    case word([String])
    case boolean
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// A value or null: the field is present either way.
    case nullable(Schema)
    case array(Schema)
    /// An array with bounds on its length, whose elements are distinct if required.
    case list(Schema, ClosedRange<Int>, distinct: Bool)
    /// An object whose keys are data, such as values by metric.
    case map(Schema)
    case object([String: Schema], optional: [String: Schema])
    /// Like `object`, without further members: for requests, because an unknown field is an error. Responses may grow and stay open.
    case closed([String: Schema], optional: [String: Schema])
    case either([Schema])
    /// A named schema of the document.
    case named(String, Schema)

    static func object(_ fields: [String: Schema]) -> Schema { .object(fields, optional: [:]) }

    static let count = Schema.integer(0...Int.max)
    static let wholeNumber = Schema.integer(Int.min...Int.max)
    static let real = Schema.number(-Double.infinity...Double.infinity)
    /// Unix seconds.
    static let time = Schema.number(0...Double.infinity)
    static let digest = Schema.pattern("^[0-9a-f]{64}$")

    /// The schema as it appears in a document; named schemas become references.
    var json: JSONValue {
        switch self {
        case .any: [:]
        case .string: ["type": "string"]
        case .pattern(let pattern): ["type": "string", "pattern": .string(pattern)]
        case .text(let length, let pattern): .object(Schema.text(length, pattern))
        case .word(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .boolean: ["type": "boolean"]
        case .integer(let range): .object(Schema.bounds("integer", Double(range.lowerBound), Double(range.upperBound)))
        case .number(let range): .object(Schema.bounds("number", range.lowerBound, range.upperBound))
        case .nullable(let schema): Schema.nullable(schema.json)
        case .array(let element): ["type": "array", "items": element.json]
        case .list(let element, let count, let distinct): .object(Schema.list(element, count, distinct))
        case .map(let value): ["type": "object", "additionalProperties": value.json]
        case .object(let required, let optional): Schema.object(required, optional, isClosed: false)
        case .closed(let required, let optional): Schema.object(required, optional, isClosed: true)
        case .either(let choices): ["anyOf": .array(choices.map(\.json))]
        case .named(let name, _): ["$ref": .string("#/components/schemas/\(name)")]
        }
    }

    /// The named schemas in this one, at any depth.
    var names: [String: Schema] {
        switch self {
        case .any, .string, .pattern, .text, .word, .boolean, .integer, .number: [:]
        case .nullable(let inner), .array(let inner), .map(let inner), .list(let inner, _, _): inner.names
        case .object(let required, let optional), .closed(let required, let optional): Schema.merge(Array(required.values) + Array(optional.values))
        case .either(let choices): Schema.merge(choices)
        case .named(let name, let schema): schema.names.merging([name: schema]) { $1 }
        }
    }

    private static func merge(_ schemas: [Schema]) -> [String: Schema] {
        schemas.reduce(into: [:]) { $0.merge($1.names) { $1 } }
    }

    /// Bounds that only restate what JSON can represent are omitted.
    private static func bounds(_ type: JSONValue, _ lower: Double, _ upper: Double) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["type": type]
        if lower > -9e18 { members["minimum"] = .number(lower) }
        if upper < 9e18 { members["maximum"] = .number(upper) }
        return members
    }

    private static func nullable(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema, case .string(let type)? = members["type"], members["enum"] == nil else {
            return ["anyOf": [schema, ["type": "null"]]]
        }
        members["type"] = [.string(type), "null"]
        return .object(members)
    }

    private static func text(_ length: ClosedRange<Int>, _ pattern: String?) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["type": "string", "maxLength": .count(length.upperBound)]
        if length.lowerBound > 0 { members["minLength"] = .count(length.lowerBound) }
        if let pattern { members["pattern"] = .string(pattern) }
        return members
    }

    private static func list(_ element: Schema, _ count: ClosedRange<Int>, _ distinct: Bool) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "type": "array", "items": element.json, "minItems": .count(count.lowerBound), "maxItems": .count(count.upperBound),
        ]
        if distinct { members["uniqueItems"] = true }
        return members
    }

    private static func object(_ required: [String: Schema], _ optional: [String: Schema], isClosed: Bool) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": "object", "properties": .object(required.merging(optional) { $1 }.mapValues(\.json)),
        ]
        if isClosed { members["additionalProperties"] = false }
        if !required.isEmpty { members["required"] = .array(required.keys.sorted().map { .string($0) }) }
        return .object(members)
    }
}
