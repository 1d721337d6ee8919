import Canonical
import GRDB

/// What one transaction queued of a request to evaluate the runs of a study. A request over many runs is stored in parts, each in a transaction of its
/// own, so that nobody waits long for it; a request that is repeated under its idempotency key continues after the last stored part.
public struct EvaluationRequestPart: Sendable, Equatable {
    /// The number of the last run that this part covers: the next one begins after it.
    public var last: Int64
    /// The evaluations that stand for the part's runs, in the order of the runs.
    public var jobs: [String]
    /// How many of them the part queued; the others were queued, running, or done already.
    public var made: Int
    /// How many runs were left out.
    public var skipped: Int
    /// Why, for the first ones: run and reason.
    public var reasons: [Reason]
    /// Whether no run is left for another part.
    public var isFinal: Bool

    /// A run that was left out.
    public struct Reason: Sendable, Equatable {
        /// The public ID of the run.
        public var run: String
        /// One sentence.
        public var reason: String

        /// Makes a reason.
        public init(run: String, reason: String) {
            self.run = run
            self.reason = reason
        }
    }

    /// Makes a part.
    public init(last: Int64, jobs: [String], made: Int, skipped: Int, reasons: [Reason], isFinal: Bool) {
        self.last = last
        self.jobs = jobs
        self.made = made
        self.skipped = skipped
        self.reasons = reasons
        self.isFinal = isFinal
    }

    private init(stored text: String) throws {
        let json = JSONValue(stored: text)
        guard let last = json["last"]?.integerValue, let jobs = json["jobs"]?.stringValue, let made = json["made"]?.integerValue,
            let skipped = json["skipped"]?.integerValue, let reasons = json["reasons"]?.arrayValue, let isFinal = json["final"]?.boolValue
        else { throw CatalogError.unknown(kind: "part of an evaluation request", id: String(text.prefix(80))) }
        self.init(
            last: last, jobs: jobs.split(separator: ",").map(String.init), made: Int(clamping: made), skipped: Int(clamping: skipped),
            reasons: reasons.map { Reason(run: $0[0]?.stringValue ?? "", reason: $0[1]?.stringValue ?? "") }, isFinal: isFinal)
    }

    fileprivate var text: String {
        JSONValue.object([
            "last": .integer(last), "jobs": .string(jobs.joined(separator: ",")), "made": .count(made), "skipped": .count(skipped),
            "reasons": .array(reasons.map { .array([.string($0.run), .string($0.reason)]) }), "final": .bool(isFinal),
        ]).canonicalText
    }

    /// Parts are kept with the idempotency keys, and as long as these.
    private static let route = "evaluations/parts"

    private static func key(_ request: String, _ index: Int) -> String {
        let digits = String(index)
        return "\(request)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
    }

    fileprivate static func all(of request: String, _ reader: CatalogReader) throws -> [EvaluationRequestPart] {
        // "0" follows "/" in the order of bytes.
        try reader.all(
            "SELECT resource FROM idempotency_keys WHERE route = ? AND key >= ? AND key < ? ORDER BY key", [route, request + "/", request + "0"]
        ) { try EvaluationRequestPart(stored: $0["resource"]) }
    }

    fileprivate static func count(of request: String, _ reader: CatalogReader) throws -> Int {
        try reader.count("SELECT COUNT(*) FROM idempotency_keys WHERE route = ? AND key >= ? AND key < ?", [route, request + "/", request + "0"])
    }

    fileprivate static func one(_ index: Int, of request: String, _ reader: CatalogReader) throws -> EvaluationRequestPart? {
        try reader.one("SELECT resource FROM idempotency_keys WHERE route = ? AND key = ?", [route, key(request, index)]) {
            try EvaluationRequestPart(stored: $0["resource"])
        }
    }

    fileprivate func keep(_ index: Int, of request: String, at time: Double, _ writer: CatalogWriter) throws {
        // All parts of a request are forgotten together.
        try writer.run(
            """
            INSERT INTO idempotency_keys (key, route, request_digest, resource, created)
            VALUES (?1, ?2, '', ?3, COALESCE((SELECT created FROM idempotency_keys WHERE route = ?2 AND key = ?4), ?5))
            """,
            [EvaluationRequestPart.key(request, index), EvaluationRequestPart.route, text, EvaluationRequestPart.key(request, 0), time])
    }
}

extension CatalogReader {
    /// The stored parts of a request; empty if there is none, or if it was forgotten.
    public func evaluationRequest(_ id: String) throws -> [EvaluationRequestPart] { try EvaluationRequestPart.all(of: id, self) }

    /// How many parts of a request are stored.
    public func evaluationRequestParts(_ id: String) throws -> Int { try EvaluationRequestPart.count(of: id, self) }

    /// One part of a request; nil if it is not stored.
    public func evaluationRequestPart(_ index: Int, of id: String) throws -> EvaluationRequestPart? { try EvaluationRequestPart.one(index, of: id, self) }

    /// The numbers of a study's runs, in the order of submission.
    public func runNumbers(ofStudy study: String) throws -> [Int64] {
        try all("SELECT number FROM runs WHERE study = ? ORDER BY number", [study]) { $0["number"] }
    }

    /// The runs of a study with these numbers, in the order of submission.
    public func runs(ofStudy study: String, numbered numbers: ClosedRange<Int64>) throws -> [RunRecord] {
        // The number is the key of the table: the index of the study would read and sort all of its runs.
        try all(
            "SELECT \(RunRecord.columns) FROM runs WHERE number BETWEEN ? AND ? AND +study = ? ORDER BY number", [numbers.lowerBound, numbers.upperBound, study],
            RunRecord.init(row:))
    }
}

extension CatalogWriter {
    /// Stores the next part of a request.
    /// - Precondition: `index` parts are stored
    public func keep(_ part: EvaluationRequestPart, as index: Int, of request: String, at time: Double) throws {
        try part.keep(index, of: request, at: time, self)
    }
}
