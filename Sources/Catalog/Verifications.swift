import GRDB

extension CatalogReader {
    private static let verification = """
        SELECT verifications.*, original.id AS original_id, rerun.id AS rerun_id,
            original.final_digest AS original_digest, rerun.final_digest AS rerun_digest,
            original.state AS original_state, rerun.state AS rerun_state, original.message AS original_message, rerun.message AS rerun_message,
            original.finished AS original_finished, rerun.finished AS rerun_finished,
            original.damaged_events AS original_damaged, rerun.damaged_events AS rerun_damaged
        FROM verifications
        JOIN runs AS original ON original.number = verifications.original
        JOIN runs AS rerun ON rerun.number = verifications.rerun
        """

    /// The comparison that a rerun belongs to, or the newest comparison of an original (one with a cancelled rerun only if there is no other);
    /// nil for a run that was never verified.
    public func verification(ofRun number: Int64) throws -> VerificationRecord? {
        try one(
            CatalogReader.verification + """
                 WHERE verifications.rerun = ?1 OR verifications.original = ?1
                ORDER BY rerun.state = 'cancelled', verifications.rerun DESC
                """,
            [number], CatalogReader.verification(row:))
    }

    /// The comparison whose rerun is this run.
    public func verification(byRerun number: Int64) throws -> VerificationRecord? {
        try one(CatalogReader.verification + " WHERE verifications.rerun = ?", [number], CatalogReader.verification(row:))
    }

    /// Every comparison that involves this run, as rerun or as original.
    public func verifications(concerning number: Int64) throws -> [VerificationRecord] {
        try all(
            CatalogReader.verification + " WHERE verifications.rerun = ?1 OR verifications.original = ?1 ORDER BY verifications.rerun", [number],
            CatalogReader.verification(row:))
    }

    /// Every comparison, in the order in which the reruns were submitted.
    public func verifications() throws -> [VerificationRecord] {
        try all(CatalogReader.verification + " ORDER BY verifications.rerun", [], CatalogReader.verification(row:))
    }

    private static func verification(row: Row) throws -> VerificationRecord {
        let stored = VerificationRecord(
            original: row["original_id"], rerun: row["rerun_id"], state: .init(rawValue: row["state"]) ?? .running,
            metrics: row["metrics"], samples: row["samples"], evaluations: row["evaluations"], checkpoints: row["checkpoints"],
            firstDifference: row["first_difference"], finished: row["finished"],
            finalDigests: [row["original_digest"], row["rerun_digest"]])
        return stored.standing(try end(.original, row), try end(.rerun, row))
    }

    private static func end(_ side: VerificationRecord.Side, _ row: Row) throws -> VerificationRecord.End {
        let name: String = row["\(side.rawValue)_state"]
        guard let state = RunState(rawValue: name) else { throw CatalogError.unknown(kind: "run state", id: name) }
        return VerificationRecord.End(
            side: side, state: state, message: row["\(side.rawValue)_message"], finished: row["\(side.rawValue)_finished"],
            damagedEvents: row["\(side.rawValue)_damaged"])
    }
}

extension CatalogWriter {
    /// Does nothing if the comparison of this rerun is already stored.
    public func beginVerification(rerun: Int64, original: Int64) throws {
        try run("INSERT OR IGNORE INTO verifications (rerun, original, state) VALUES (?, ?, 'running')", [rerun, original])
    }

    /// Stores the result of comparing the two ends. It is never older than the ends it compared, even if the clock was set back.
    ///
    public func finishVerification(rerun: Int64, _ verdict: VerificationRecord, at time: Double) throws {
        try run(
            """
            UPDATE verifications SET state = ?, metrics = ?, samples = ?, evaluations = ?, checkpoints = ?, first_difference = ?,
                finished = MAX(?, (SELECT COALESCE(MAX(runs.finished), 0) FROM runs
                    WHERE runs.number IN (verifications.rerun, verifications.original)))
            WHERE rerun = ?
            """,
            [
                verdict.state.rawValue, verdict.metrics, verdict.samples, verdict.evaluations, verdict.checkpoints,
                verdict.firstDifference, time, rerun,
            ])
    }
}
