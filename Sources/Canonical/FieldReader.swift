/// Strict reader of the fields of an object: every field that was not read is an error at `finish()`.
///
/// ```swift
/// var fields = try FieldReader(value, path: "evaluation")
/// let samples = try fields.integer("samples", in: 256...60_000)
/// let every = try fields.optionalInteger("every", in: 1...1_000_000) ?? 500
/// try fields.finish()
/// ```
/// - Errors: `FieldError`, always with the full path of the field. `null` is an ordinary value: optional fields are omitted,
///   not null.
public struct FieldReader {
    /// Path of the object in its document; empty for the document itself.
    public let path: String
    private let members: [String: JSONValue]
    private var asked: [String] = []

    /// Starts reading an object.
    /// - Errors: `FieldError` if `value` is not an object.
    public init(_ value: JSONValue, path: String = "") throws(FieldError) {
        guard case .object(let members) = value else {
            throw FieldError(path: path, problem: .wrongKind(expected: "an object", actual: value.kindName))
        }
        self.members = members
        self.path = path
    }

    /// The full path of a field of this object.
    public func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Creates an error about a field of this object, for the caller's own rules.
    public func error(_ key: String, _ rule: String) -> FieldError {
        FieldError(path: path(of: key), problem: .rule(rule))
    }

    /// The keys of the object, sorted. Does not mark them as read.
    public var keys: [String] { members.keys.sorted() }

    /// Whether the field is present. Does not mark it as read.
    public func contains(_ key: String) -> Bool { members[key] != nil }

    /// Checks that every field was read.
    /// - Errors: `FieldError` for the first unread field, by name.
    public func finish() throws(FieldError) {
        for key in members.keys.sorted() where !asked.contains(key) {
            let allowed = asked.sorted()
            let suggestion = Suggestion.nearest(to: key, among: allowed.filter { members[$0] == nil })
            throw FieldError(path: path(of: key), problem: .unknown(allowed: allowed, suggestion: suggestion))
        }
    }

    // MARK: Any value

    /// The value of a field, or nil if it is missing. Marks the field as read.
    public mutating func optionalValue(_ key: String) -> JSONValue? {
        if !asked.contains(key) { asked.append(key) }
        return members[key]
    }

    /// The value of a required field. Marks the field as read.
    /// - Errors: `FieldError` if it is missing.
    public mutating func value(_ key: String) throws(FieldError) -> JSONValue {
        guard let value = optionalValue(key) else { throw missing(key) }
        return value
    }

    func wrongKind(_ key: String, _ expected: String, _ value: JSONValue) -> FieldError {
        FieldError(path: path(of: key), problem: .wrongKind(expected: expected, actual: value.kindName))
    }

    /// The error for a missing required field, or for a similar unknown field if there is one.
    func missing(_ key: String) -> FieldError {
        let strangers = members.keys.sorted().filter { !asked.contains($0) }
        if let misspelt = strangers.first(where: { Suggestion.nearest(to: $0, among: [key]) != nil }) {
            return FieldError(path: path(of: misspelt), problem: .unknown(allowed: asked.sorted(), suggestion: key))
        }
        return FieldError(path: path(of: key), problem: .missing)
    }

    /// `value`, or the error for a missing field if it is nil.
    func present<Value>(_ value: Value?, _ key: String) throws(FieldError) -> Value {
        guard let value else { throw missing(key) }
        return value
    }
}
