/// Reads the fields of an object strictly: each field that was not asked for is an error at `finish()`.
///
/// ```swift
/// var fields = try FieldReader(value, path: "evaluation")
/// let samples = try fields.integer("samples", in: 256...60_000)
/// let every = try fields.optionalInteger("every", in: 1...1_000_000) ?? 500
/// try fields.finish()
/// ```
/// - Errors: `FieldError`, always with the field's full path. `null` is a value like others: an optional field is left
///   out, not null.
public struct FieldReader {
    /// Where the object stands in its document; empty for the document itself.
    public let path: String
    private let members: [String: JSONValue]
    private var asked: [String] = []

    public init(_ value: JSONValue, path: String = "") throws(FieldError) {
        guard case .object(let members) = value else {
            throw FieldError(path: path, problem: .wrongKind(expected: "an object", actual: value.kindName))
        }
        self.members = members
        self.path = path
    }

    /// The full path of a field of this object.
    public func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// An error about a field of this object, for rules of the caller.
    public func error(_ key: String, _ rule: String) -> FieldError {
        FieldError(path: path(of: key), problem: .rule(rule))
    }

    /// The object's keys, sorted. Does not count as asking.
    public var keys: [String] { members.keys.sorted() }

    /// Whether the field is there. Does not count as asking.
    public func contains(_ key: String) -> Bool { members[key] != nil }

    /// - Errors: the first (by name) of the fields that nobody asked for.
    public func finish() throws(FieldError) {
        for key in members.keys.sorted() where !asked.contains(key) {
            let allowed = asked.sorted()
            let suggestion = Suggestion.nearest(to: key, among: allowed.filter { members[$0] == nil })
            throw FieldError(path: path(of: key), problem: .unknown(allowed: allowed, suggestion: suggestion))
        }
    }

    // MARK: Any value

    public mutating func optionalValue(_ key: String) -> JSONValue? {
        if !asked.contains(key) { asked.append(key) }
        return members[key]
    }

    public mutating func value(_ key: String) throws(FieldError) -> JSONValue {
        guard let value = optionalValue(key) else { throw missing(key) }
        return value
    }

    func wrongKind(_ key: String, _ expected: String, _ value: JSONValue) -> FieldError {
        FieldError(path: path(of: key), problem: .wrongKind(expected: expected, actual: value.kindName))
    }

    /// The error for a required field that is absent. If an unknown field looks like it, that one is named instead.
    func missing(_ key: String) -> FieldError {
        let strangers = members.keys.sorted().filter { !asked.contains($0) }
        if let misspelt = strangers.first(where: { Suggestion.nearest(to: $0, among: [key]) != nil }) {
            return FieldError(path: path(of: misspelt), problem: .unknown(allowed: asked.sorted(), suggestion: key))
        }
        return FieldError(path: path(of: key), problem: .missing)
    }

    /// `value` if it is there, else the error for its absence.
    func present<Value>(_ value: Value?, _ key: String) throws(FieldError) -> Value {
        guard let value else { throw missing(key) }
        return value
    }
}
