internal import Canonical

/// How a worker's time with a run ended: its outcome with the reason. The event `finished` and `exit.json` carry it.
public struct RunEnd: Sendable, Equatable {
    public var outcome: RunOutcome
    /// Why, in one sentence; empty where there is nothing to say.
    public var message: String
    /// The last step that was done, where the run did not do all of them.
    public var step: Int?
    /// Of the last checkpoint, where the run did all its steps.
    public var finalDigest: String?

    public init(outcome: RunOutcome, message: String = "", step: Int? = nil, finalDigest: String? = nil) {
        self.outcome = outcome
        self.message = message
        self.step = step
        self.finalDigest = finalDigest
    }

    var members: [String: JSONValue] {
        var members: [String: JSONValue] = ["outcome": .string(outcome.rawValue), "message": .string(message)]
        if let step { members["step"] = .integer(Int64(step)) }
        if let finalDigest { members["final_digest"] = .string(finalDigest) }
        return members
    }

    init(_ fields: EventFields) throws(EventError) {
        let name = try fields.text("outcome")
        guard let outcome = RunOutcome(rawValue: name) else {
            throw EventError(problem: "a run ended with the unknown outcome '\(name)'; known are \(RunOutcome.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(
            outcome: outcome, message: fields.optionalText("message") ?? "", step: try fields.optionalStep(), finalDigest: fields.optionalText("final_digest"))
    }
}

/// `exit.json`: a worker's last word, written after everything else.
public struct ExitRecord: Sendable, Equatable {
    public var end: RunEnd
    /// The exit code that follows.
    public var code: Int32

    public init(end: RunEnd, code: Int32) {
        self.end = end
        self.code = code
    }

    /// The file's bytes.
    public var bytes: [UInt8] {
        var members = end.members
        members["code"] = .integer(Int64(code))
        return Array(JSONValue.object(members).canonicalText.utf8)
    }

    /// - Errors: `EventError` for anything that no worker writes. A file without a code has 0.
    public init(reading bytes: [UInt8]) throws(EventError) {
        let fields = try EventFields(line: bytes)
        self.init(end: try RunEnd(fields), code: fields.optionalInteger("code").flatMap { Int32(exactly: $0) } ?? 0)
    }

    /// The record of a folder, or nil where there is none, or none that can be read: a worker killed while writing it has not finished.
    public init?(path: String) {
        guard let bytes = try? FileSystem.read(path, limit: 1 << 20), let record = try? ExitRecord(reading: bytes) else { return nil }
        self = record
    }
}
