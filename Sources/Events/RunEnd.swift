internal import Canonical

/// How a worker's execution of a run ended: the outcome and its reason. Part of the event `finished` and of `exit.json`.
public struct RunEnd: Sendable, Equatable {
    /// The outcome.
    public var outcome: RunOutcome
    /// The reason in one sentence; empty if there is none.
    public var message: String
    /// The last completed step, if the run did not complete all steps.
    public var step: Int?
    /// Digest of the last checkpoint, if the run completed all steps.
    public var finalDigest: String?

    /// Creates an end.
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
            throw EventError(problem: "unknown outcome '\(name)'; allowed: \(RunOutcome.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.init(
            outcome: outcome, message: try fields.optionalText("message") ?? "", step: try fields.optionalStep(), finalDigest: try fields.optionalText("final_digest"))
    }
}

/// `exit.json`: the last file that a worker writes.
public struct ExitRecord: Sendable, Equatable {
    /// How the execution ended.
    public var end: RunEnd
    /// The exit code of the worker process.
    public var code: Int32

    /// Creates a record.
    public init(end: RunEnd, code: Int32) {
        self.end = end
        self.code = code
    }

    /// The contents of the file.
    public var bytes: [UInt8] {
        var members = end.members
        members["code"] = .integer(Int64(code))
        return Array(JSONValue.object(members).canonicalText.utf8)
    }

    /// Parses the contents of the file. A missing code is read as 0.
    /// - Errors: `EventError` for anything that no worker writes
    public init(reading bytes: [UInt8]) throws(EventError) {
        let fields = try EventFields(line: bytes)
        self.init(end: try RunEnd(fields), code: try fields.optionalInteger("code").flatMap { Int32(exactly: $0) } ?? 0)
    }

    /// Reads the record of a worker. Nil if the file does not exist or cannot be read: a worker that was killed while writing it has not finished.
    public init?(path: String) {
        guard let bytes = try? FileSystem.read(path, limit: 1 << 20), let record = try? ExitRecord(reading: bytes) else { return nil }
        self = record
    }
}
