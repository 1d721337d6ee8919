public import Canonical

/// One line of a run's `events.ndjson`: what its worker said.
///
/// The reader takes the fields it knows and leaves the rest, so that a newer worker may say more.
public struct RunEvent: Sendable, Equatable {
    public var time: Double
    public var kind: Kind

    public enum Kind: Sendable, Equatable {
        case started(Start)
        /// What the worker does before, beside or after training, and how far it is (0 to 1, where that is known).
        case phase(String, fraction: Double?)
        case progress(step: Int, rate: Double?, remaining: Double?)
        /// Values by name, in the order of the names; NaN where the worker wrote null.
        case metrics(step: Int, values: [Value])
        case samples(SampleRecord)
        case evaluation(EvaluationRecord)
        case checkpoint(CheckpointRecord)
        case finished(outcome: String, step: Int?, finalDigest: String?, message: String)
    }

    /// The value of one training metric.
    public struct Value: Sendable, Equatable {
        public var name: String
        public var value: Double
    }

    public struct Start: Sendable, Equatable {
        public var step: Int
        public var threads: Int?
        public var kernels: String?
        public var host: String?
        public var program: String?
        public var resumed: Bool
    }

    public init(time: Double, kind: Kind) {
        self.time = time
        self.kind = kind
    }

    /// Reads one line, without its line feed.
    public init(line: [UInt8]) throws(EventError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw EventError(problem: "a line is not JSON: \(error)")
        }
        self = try RunEvent(value)
    }

    public init(_ value: JSONValue) throws(EventError) {
        let fields = try EventFields(value)
        time = try fields.number("time")
        switch try fields.text("type") {
        case "started": kind = .started(try Start(fields))
        case "phase": kind = .phase(try fields.text("phase"), fraction: fields.optionalNumber("fraction"))
        case "progress":
            kind = .progress(
                step: try fields.step(), rate: fields.optionalNumber("rate"),
                remaining: fields.optionalNumber("remaining"))
        case "metrics": kind = .metrics(step: try fields.step(), values: try fields.values())
        case "samples": kind = .samples(try SampleRecord(fields))
        case "evaluation": kind = .evaluation(try EvaluationRecord(fields))
        case "checkpoint": kind = .checkpoint(try CheckpointRecord(fields, time: time))
        case "finished":
            kind = .finished(
                outcome: try fields.text("outcome"), step: try fields.optionalStep(), finalDigest: fields.optionalText("final_digest"),
                message: fields.optionalText("message") ?? "")
        case let other: throw EventError(problem: "an event has the unknown type '\(other)'")
        }
    }
}

/// Why a line of `events.ndjson` is no event.
public struct EventError: Error, Equatable, CustomStringConvertible {
    public var problem: String
    public var description: String { problem }

    public init(problem: String) {
        self.problem = problem
    }
}
