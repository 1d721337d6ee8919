internal import Studies
import Canonical
import Events
import GRDB

/// Results have the protocol in their keys: a metric measured in two ways at one step is two values, and neither is the other's contradiction.
extension CatalogWriter {
    /// Stores a value, and brings the run's score under its protocol up to date. Another value under the same protocol at the same step contradicts
    /// the first, and replaces it.
    func put(_ event: RunEvent.Evaluation, _ run: Int64, _ changes: inout IngestedChanges) throws {
        let isPrimary = try begin(event, run)
        let old: Double?? = try reader.one(
            "SELECT value FROM evaluations WHERE run = ? AND step = ? AND metric = ? AND protocol = ?",
            [run, event.step, event.metric, event.protocolDigest]
        ) { $0["value"] as Double? }
        if let old, old?.bitPattern != event.value?.bitPattern {
            changes.contradictions.append(
                "\(event.metric) at step \(event.step) was \(old.map { "\($0)" } ?? "null"), and now is " + (event.value.map { "\($0)" } ?? "null"))
        }
        try self.run(
            """
            INSERT OR REPLACE INTO evaluations (run, step, metric, protocol, value, problem, encoder, encoder_digest, samples, reference_split)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                run, event.step, event.metric, event.protocolDigest, event.value, event.problem, event.encoder, event.encoderDigest, event.samples,
                event.referenceSplit,
            ])
        try score(event.metric, under: event.protocolDigest, run)
        changes.evaluations.append(EvaluationRecord(event, isPrimary: isPrimary))
    }

    /// Makes the rows that an evaluation refers to, where they are not there yet. The protocol of a metric's first evaluation is the run's primary
    /// one: the run's own worker measures by its specification, and others only later.
    /// - Returns: whether the evaluation is under the run's primary protocol.
    private func begin(_ event: RunEvent.Evaluation, _ run: Int64) throws -> Bool {
        let known: Bool? = try reader.one(
            "SELECT is_primary FROM scores WHERE run = ? AND metric = ? AND protocol = ?", [run, event.metric, event.protocolDigest]
        ) { $0["is_primary"] }
        if let known { return known }
        try self.run(
            "INSERT OR IGNORE INTO evaluation_protocols (digest, content, provenance) VALUES (?, NULL, ?)",
            [event.protocolDigest, try provenance(of: run)])
        try self.run("INSERT OR IGNORE INTO feature_extractors (digest, name, provenance) VALUES (?, ?, NULL)", [event.encoderDigest, event.encoder])
        let isFirst = try reader.count("SELECT NOT EXISTS (SELECT 1 FROM scores WHERE run = ? AND metric = ?)", [run, event.metric]) > 0
        try self.run("INSERT INTO scores (run, metric, protocol, is_primary) VALUES (?, ?, ?, ?)", [run, event.metric, event.protocolDigest, isFirst])
        return isFirst
    }

    /// Brings the best and the last value of a metric under a protocol up to date with the evaluations.
    func score(_ metric: String, under protocolDigest: String, _ run: Int64) throws {
        let order = MetricDirection(metric: metric) == .minimise ? "ASC" : "DESC"
        let values = "SELECT value, step FROM evaluations WHERE run = ?1 AND metric = ?2 AND protocol = ?3 AND value IS NOT NULL"
        try self.run(
            """
            UPDATE scores SET (best, best_step) = (\(values) ORDER BY value \(order), step LIMIT 1),
                (final, final_step) = (\(values) ORDER BY step DESC LIMIT 1)
            WHERE run = ?1 AND metric = ?2 AND protocol = ?3
            """, [run, metric, protocolDigest])
    }

    /// What a worker says that a protocol is; who says it first is kept.
    func put(_ told: RunEvent.ProtocolContent, from run: Int64) throws {
        try self.run(
            """
            INSERT INTO evaluation_protocols (digest, content, provenance) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET content = excluded.content, provenance = excluded.provenance WHERE content IS NULL
            """, [told.digest, told.content.canonicalText, try provenance(of: run)])
    }

    func put(_ told: RunEvent.Extractor) throws {
        try self.run(
            """
            INSERT INTO feature_extractors (digest, name, provenance) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET provenance = excluded.provenance WHERE provenance IS NULL
            """, [told.digest, told.name, told.provenance.canonicalText])
    }

    /// Where a protocol was heard of: the run, and the program of its worker.
    private func provenance(of run: Int64) throws -> String {
        let (id, program) = try reader.one("SELECT id, program FROM runs WHERE number = ?", [run]) { ($0["id"] as String, $0["program"] as String?) }
            ?? { throw CatalogError.unknown(kind: "run", id: "\(run)") }()
        return JSONValue.object([
            "source": "a worker", "run": .string(id), "program": program.map { .string($0) } ?? .null,
        ]).canonicalText
    }
}
