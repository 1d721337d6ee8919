import Canonical
import GRDB

/// The rows behind a view, and scores under a protocol other than the primary one.
extension CatalogReader {
    /// Evaluations by the runs' numbers, each run's by metric, step and protocol.
    /// - Parameter metric: nil for all metrics under all protocols.
    /// - Parameter protocolDigest: the protocol whose values of the metric count; nil for each run's primary protocol.
    public func evaluations(ofRuns numbers: [Int64], metric: String? = nil, under protocolDigest: String? = nil) throws -> [Int64: [EvaluationRecord]] {
        let found = try all(
            """
            SELECT evaluations.*, scores.is_primary FROM evaluations JOIN scores USING (run, metric, protocol)
            WHERE run IN (SELECT value FROM json_each(?2)) AND (?1 IS NULL OR (metric = ?1 AND \(CatalogReader.counts)))
            ORDER BY run, metric, evaluations.step, protocol
            """, [metric, CatalogReader.list(numbers), protocolDigest]
        ) { row in
            (
                run: row["run"] as Int64,
                record: EvaluationRecord(
                    step: row["step"], metric: row["metric"], value: row["value"], protocolDigest: row["protocol"], encoder: row["encoder"],
                    encoderDigest: row["encoder_digest"], samples: row["samples"], referenceSplit: row["reference_split"], problem: row["problem"],
                    isPrimary: row["is_primary"])
            )
        }
        return found.reduce(into: [:]) { $0[$1.run, default: []].append($1.record) }
    }

    /// A value of a metric under one of its protocols.
    public struct ProtocolValue: Sendable {
        /// The run's number.
        public let run: Int64
        /// The step of the checkpoint.
        public let step: Int
        /// The value.
        public let value: Double
        /// The canonical JSON of the protocol; nil if no worker reported it.
        public let protocolContent: String?
    }

    /// The values of a metric under whichever protocol, by run, step and protocol.
    public func values(ofRuns numbers: [Int64], metric: String) throws -> [ProtocolValue] {
        try all(
            """
            SELECT run, step, value, known.content FROM evaluations LEFT JOIN evaluation_protocols AS known ON known.digest = evaluations.protocol
            WHERE metric = ? AND value IS NOT NULL AND run IN (SELECT value FROM json_each(?)) ORDER BY run, step, protocol
            """, [metric, CatalogReader.list(numbers)]
        ) { ProtocolValue(run: $0["run"], step: $0["step"], value: $0["value"], protocolContent: $0["content"]) }
    }

    /// Best and last values of one metric under one protocol, primary or not, by the runs' numbers.
    public func scores(ofRuns numbers: [Int64], metric: String, under protocolDigest: String) throws -> [Int64: ScoreRecord] {
        let found = try all(
            """
            SELECT * FROM scores WHERE metric = ? AND protocol = ? AND best IS NOT NULL AND run IN (SELECT value FROM json_each(?))
            """, [metric, protocolDigest, CatalogReader.list(numbers)]
        ) { row in
            (
                run: row["run"] as Int64,
                score: ScoreRecord(
                    metric: row["metric"], best: row["best"], bestStep: row["best_step"], final: row["final"], finalStep: row["final_step"])
            )
        }
        return found.reduce(into: [:]) { $0[$1.run] = $1.score }
    }

    /// The protocol of this digest as the given runs' evaluations of a metric describe it; empty if none has one.
    public func protocols(ofRuns numbers: [Int64], metric: String, under protocolDigest: String) throws -> [ProtocolRecord] {
        try all(
            """
            SELECT evaluations.protocol AS digest, encoder, encoder_digest, MIN(samples) AS samples, reference_split, known.content
            FROM evaluations JOIN evaluation_protocols AS known ON known.digest = evaluations.protocol
            WHERE metric = ? AND protocol = ? AND run IN (SELECT value FROM json_each(?))
            GROUP BY encoder, encoder_digest, reference_split ORDER BY encoder, encoder_digest, reference_split
            """, [metric, protocolDigest, CatalogReader.list(numbers)]
        ) { row in
            ProtocolRecord(
                digest: row["digest"], encoder: row["encoder"], encoderDigest: row["encoder_digest"], samples: row["samples"],
                referenceSplit: row["reference_split"], content: row["content"])
        }
    }

    /// The protocols under which the given runs have a value of a metric, primary or not; those of the most runs first.
    public func allProtocols(ofRuns numbers: [Int64], metric: String) throws -> [ProtocolRecord] {
        try all(
            """
            SELECT evaluations.protocol AS digest, encoder, encoder_digest, MIN(samples) AS samples, reference_split, known.content, COUNT(DISTINCT run) AS runs
            FROM evaluations JOIN evaluation_protocols AS known ON known.digest = evaluations.protocol
            WHERE metric = ? AND value IS NOT NULL AND run IN (SELECT value FROM json_each(?))
            GROUP BY evaluations.protocol, encoder, encoder_digest, reference_split ORDER BY runs DESC, encoder, evaluations.protocol
            """, [metric, CatalogReader.list(numbers)]
        ) { row in
            ProtocolRecord(
                digest: row["digest"], encoder: row["encoder"], encoderDigest: row["encoder_digest"], samples: row["samples"],
                referenceSplit: row["reference_split"], content: row["content"])
        }
    }

    /// The numbers of the runs that have an evaluation of a metric, with or without a value.
    /// - Parameter protocolDigest: the protocol of the evaluation; nil for each run's primary one.
    public func evaluated(ofRuns numbers: [Int64], metric: String, under protocolDigest: String? = nil) throws -> Set<Int64> {
        Set(
            try all(
                "SELECT run FROM scores WHERE metric = ?1 AND \(CatalogReader.counts) AND run IN (SELECT value FROM json_each(?2))",
                [metric, CatalogReader.list(numbers), protocolDigest]) { $0["run"] as Int64 })
    }

    /// Whether an evaluation is one that counts: under the named protocol, or under the run's primary one if none is named.
    private static let counts = "((?3 IS NULL AND is_primary) OR protocol = ?3)"

    private static func list(_ numbers: [Int64]) -> String { "[\(numbers.map(String.init).joined(separator: ","))]" }
}
