internal import Studies
import Canonical
import Events
import GRDB
import Studies

/// Results have the protocol in their keys: a metric measured in two ways at one step is two values, and neither is the other's contradiction.
extension CatalogWriter {
    /// Stores a value that training measured, and brings the run's score under its protocol up to date. Another value under the same protocol at the
    /// same step contradicts the first, and replaces it.
    func put(_ event: RunEvent.Evaluation, _ run: Int64, _ changes: inout IngestedChanges) throws {
        let isPrimary = try begin(event, run, provenance: provenance(of: run)) { _, hasPrimary in !hasPrimary }
        note(try stored(event, run), event, &changes)
        try replace(event, run, job: nil)
        changes.evaluations.append(EvaluationRecord(event, isPrimary: isPrimary))
    }

    /// Stores a value that an evaluation job measured. An existing value stays unchanged, with its origin; a different value under the same
    /// protocol is a contradiction.
    func put(_ event: RunEvent.Evaluation, of job: EvaluationJob, _ changes: inout IngestedChanges) throws {
        let run = job.runNumber
        let isPrimary = try begin(event, run, provenance: provenance(of: job)) { isKnown, hasPrimary in
            if isKnown || hasPrimary { return false }
            return try CheckpointEvaluation.isOwn(event.metric, of: evaluation(of: job), as: ownEvaluation(of: run))
        }
        if let known = try stored(event, run) {
            note(known, event, &changes)
        } else {
            try replace(event, run, job: job.number)
            changes.evaluations.append(EvaluationRecord(event, isPrimary: isPrimary, job: job.id))
        }
        try self.run(
            "INSERT OR IGNORE INTO evaluation_results (job, metric, protocol) VALUES (?, ?, ?)", [job.number, event.metric, event.protocolDigest])
    }

    private func stored(_ event: RunEvent.Evaluation, _ run: Int64) throws -> Double?? {
        try reader.one(
            "SELECT value FROM evaluations WHERE run = ? AND step = ? AND metric = ? AND protocol = ?",
            [run, event.step, event.metric, event.protocolDigest]
        ) { $0["value"] as Double? }
    }

    private func note(_ known: Double??, _ event: RunEvent.Evaluation, _ changes: inout IngestedChanges) {
        guard let known, known?.bitPattern != event.value?.bitPattern else { return }
        changes.contradictions.append(
            "\(event.metric) at step \(event.step) was \(known.map { "\($0)" } ?? "null"), and now is " + (event.value.map { "\($0)" } ?? "null"))
    }

    private func replace(_ event: RunEvent.Evaluation, _ run: Int64, job: Int64?) throws {
        try self.run(
            """
            INSERT OR REPLACE INTO evaluations (run, step, metric, protocol, value, problem, encoder, encoder_digest, samples, reference_split, job)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                run, event.step, event.metric, event.protocolDigest, event.value, event.problem, event.encoder, event.encoderDigest, event.samples,
                event.referenceSplit, job,
            ])
        try score(event.metric, under: event.protocolDigest, run)
    }

    /// Makes the rows that an evaluation refers to, where they are not there yet. A run's primary protocol of a metric is the one of its specification:
    /// the protocol of the first evaluation by its own worker, which measures by its specification, or that of an evaluation job with the same settings.
    /// - Parameter becomesPrimary: asked where the protocol is not the primary one; gets whether the run has values under it, and whether it has a
    ///   primary protocol of the metric.
    /// - Returns: whether the evaluation is under the run's primary protocol.
    private func begin(
        _ event: RunEvent.Evaluation, _ run: Int64, provenance: String, becomesPrimary: (_ isKnown: Bool, _ hasPrimary: Bool) throws -> Bool
    ) throws -> Bool {
        let known: Bool? = try reader.one(
            "SELECT is_primary FROM scores WHERE run = ? AND metric = ? AND protocol = ?", [run, event.metric, event.protocolDigest]
        ) { $0["is_primary"] }
        if known == true { return true }
        let hasPrimary = try reader.count("SELECT EXISTS (SELECT 1 FROM scores WHERE run = ? AND metric = ? AND is_primary)", [run, event.metric]) > 0
        let isPrimary = try becomesPrimary(known != nil, hasPrimary)
        if known != nil {
            if isPrimary {
                try self.run(
                    "UPDATE scores SET is_primary = 1 WHERE run = ? AND metric = ? AND protocol = ?", [run, event.metric, event.protocolDigest])
            }
            return isPrimary
        }
        try self.run(
            "INSERT OR IGNORE INTO evaluation_protocols (digest, content, provenance) VALUES (?, NULL, ?)", [event.protocolDigest, provenance])
        try self.run("INSERT OR IGNORE INTO feature_extractors (digest, name, provenance) VALUES (?, ?, NULL)", [event.encoderDigest, event.encoder])
        try self.run("INSERT INTO scores (run, metric, protocol, is_primary) VALUES (?, ?, ?, ?)", [run, event.metric, event.protocolDigest, isPrimary])
        return isPrimary
    }

    private func evaluation(of job: EvaluationJob) throws -> JSONValue {
        try JSONValue(parsing: Array(job.request.utf8))["evaluation"] ?? .null
    }

    private func ownEvaluation(of run: Int64) throws -> JSONValue {
        let text: String = try reader.one("SELECT specification FROM runs WHERE number = ?", [run]) { $0["specification"] } ?? "null"
        return try JSONValue(parsing: Array(text.utf8))["evaluation"] ?? .null
    }

    /// Brings the best and the last value of a metric under a protocol up to date with the evaluations. Where training measured the metric under the
    /// protocol, its evaluations alone count: more evaluations of a run's checkpoints change no score that others are compared with. The rule is that of
    /// `deciding(_:)`, which the best checkpoint follows.
    func score(_ metric: String, under protocolDigest: String, _ run: Int64) throws {
        let order = MetricDirection(metric: metric) == .minimise ? "ASC" : "DESC"
        let values = "SELECT value, step FROM evaluations WHERE run = ?1 AND metric = ?2 AND protocol = ?3 AND value IS NOT NULL AND (job IS NULL OR NOT EXISTS "
            + "(SELECT 1 FROM evaluations WHERE run = ?1 AND metric = ?2 AND protocol = ?3 AND job IS NULL))"
        try self.run(
            """
            UPDATE scores SET (best, best_step) = (\(values) ORDER BY value \(order), step LIMIT 1),
                (final, final_step) = (\(values) ORDER BY step DESC LIMIT 1)
            WHERE run = ?1 AND metric = ?2 AND protocol = ?3
            """, [run, metric, protocolDigest])
    }

    /// What a worker says that a protocol is; who says it first is kept.
    func put(_ told: RunEvent.ProtocolContent, provenance: String) throws {
        try self.run(
            """
            INSERT INTO evaluation_protocols (digest, content, provenance) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET content = excluded.content, provenance = excluded.provenance WHERE content IS NULL
            """, [told.digest, told.content.canonicalText, provenance])
    }

    func put(_ told: RunEvent.Extractor) throws {
        try self.run(
            """
            INSERT INTO feature_extractors (digest, name, provenance) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET provenance = excluded.provenance WHERE provenance IS NULL
            """, [told.digest, told.name, told.provenance.canonicalText])
    }

    /// Where a protocol was heard of: the run, and the program of its worker.
    func provenance(of run: Int64) throws -> String {
        let (id, program) = try reader.one("SELECT id, program FROM runs WHERE number = ?", [run]) { ($0["id"] as String, $0["program"] as String?) }
            ?? { throw CatalogError.unknown(kind: "run", id: "\(run)") }()
        return JSONValue.object([
            "source": "a worker", "run": .string(id), "program": program.map { .string($0) } ?? .null,
        ]).canonicalText
    }
    /// The same of an evaluation job.
    func provenance(of job: EvaluationJob) throws -> String {
        let program = try reader.one("SELECT program FROM evaluation_jobs WHERE number = ?", [job.number]) { $0["program"] as String? } ?? nil
        return JSONValue.object([
            "source": "a worker", "run": .string(job.runID), "evaluation": .string(job.id), "program": program.map { .string($0) } ?? .null,
        ]).canonicalText
    }
}
