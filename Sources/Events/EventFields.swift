import Canonical

/// The fields of one event, read by name and type.
struct EventFields {
    private let fields: [String: JSONValue]

    /// Parses a JSON object.
    init(line: [UInt8]) throws(EventError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw EventError(problem: "a line is not valid JSON: \(error)")
        }
        try self.init(value)
    }

    init(_ value: JSONValue) throws(EventError) {
        guard case .object(let fields) = value else { throw EventError(problem: "an event is not a JSON object") }
        self.fields = fields
    }

    private func missing(_ key: String, _ kind: String) -> EventError {
        EventError(problem: "an event lacks the \(kind) '\(key)'")
    }

    /// A field that may be missing or null.
    /// - Errors: `EventError` for a value of another type
    private func optional<Value>(_ key: String, _ kind: String, _ read: (JSONValue) -> Value?) throws(EventError) -> Value? {
        guard let field = fields[key], field != .null else { return nil }
        guard let value = read(field) else { throw EventError(problem: "the field '\(key)' of an event is not \(kind)") }
        return value
    }

    func text(_ key: String) throws(EventError) -> String {
        guard let text = try optionalText(key) else { throw missing(key, "text") }
        return text
    }

    func optionalText(_ key: String) throws(EventError) -> String? { try optional(key, "a text") { $0.stringValue } }

    func number(_ key: String) throws(EventError) -> Double {
        guard let number = try optionalNumber(key) else { throw missing(key, "number") }
        return number
    }

    func optionalNumber(_ key: String) throws(EventError) -> Double? { try optional(key, "a number", EventFields.number) }

    func integer(_ key: String) throws(EventError) -> Int {
        guard let integer = try optionalInteger(key) else { throw missing(key, "integer") }
        return integer
    }

    func optionalInteger(_ key: String) throws(EventError) -> Int? {
        try optional(key, "an integer") { if case .integer(let integer) = $0 { Int(exactly: integer) } else { nil } }
    }

    func object(_ key: String) throws(EventError) -> [String: JSONValue]? { try optional(key, "an object") { $0.objectValue } }

    func requiredObject(_ key: String) throws(EventError) -> [String: JSONValue] {
        guard let object = try object(key) else { throw missing(key, "object") }
        return object
    }

    /// A SHA-256 digest of 64 lowercase hex digits.
    func digest(_ key: String, of what: String) throws(EventError) -> String {
        let digest = try text(key)
        guard digest.utf8.count == 64, digest.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            throw EventError(problem: "the digest of \(what) is '\(digest)', expected 64 lowercase hex digits")
        }
        return digest
    }

    func bool(_ key: String) throws(EventError) -> Bool? { try optional(key, "true or false") { $0.boolValue } }

    /// Steps that an event may contain. Sums over all runs of a server cannot overflow `Int`.
    static let steps = 0...1 << 40

    /// A step: an integer in `steps`.
    func step() throws(EventError) -> Int {
        let step = try integer("step")
        guard EventFields.steps ~= step else {
            throw EventError(problem: "an event has step \(step), expected 0...\(EventFields.steps.upperBound)")
        }
        return step
    }

    /// An optional step.
    func optionalStep() throws(EventError) -> Int? { try optionalInteger("step") == nil ? nil : step() }

    /// The metrics of a step, sorted by name.
    func values() throws(EventError) -> [RunEvent.Value] {
        guard case .object(let values) = fields["values"] else { throw missing("values", "object") }
        var read: [RunEvent.Value] = []
        for name in values.keys.sorted() {
            if values[name] == .null {
                read.append(RunEvent.Value(name: name, value: .nan))
            } else if let number = values[name].flatMap(EventFields.number) {
                read.append(RunEvent.Value(name: name, value: number))
            } else {
                throw EventError(problem: "the metric '\(name)' is not a number")
            }
        }
        return read
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
