import GRDB

extension CatalogReader {
    private static let verification = """
        SELECT verifications.*, original.id AS original_id, rerun.id AS rerun_id,
            original.final_digest AS original_digest, rerun.final_digest AS rerun_digest
        FROM verifications
        JOIN runs AS original ON original.number = verifications.original
        JOIN runs AS rerun ON rerun.number = verifications.rerun
        """

    /// The comparison that a rerun belongs to, or the newest one of an original; nil for a run that was never verified.
    public func verification(ofRun number: Int64) throws -> VerificationRecord? {
        try one(
            CatalogReader.verification + " WHERE verifications.rerun = ?1 OR verifications.original = ?1 ORDER BY verifications.rerun DESC",
            [number], CatalogReader.verification(row:))
    }

    /// The comparison of which this run is the rerun.
    public func verification(byRerun number: Int64) throws -> VerificationRecord? {
        try one(CatalogReader.verification + " WHERE verifications.rerun = ?", [number], CatalogReader.verification(row:))
    }

    private static func verification(row: Row) -> VerificationRecord {
        VerificationRecord(
            original: row["original_id"], rerun: row["rerun_id"], state: .init(rawValue: row["state"]) ?? .running,
            metrics: row["metrics"], samples: row["samples"], evaluations: row["evaluations"], checkpoints: row["checkpoints"],
            firstDifference: row["first_difference"], finished: row["finished"],
            finalDigests: [row["original_digest"], row["rerun_digest"]])
    }
}

extension CatalogWriter {
    public func beginVerification(rerun: Int64, original: Int64) throws {
        try run("INSERT INTO verifications (rerun, original, state) VALUES (?, ?, 'running')", [rerun, original])
    }

    public func finishVerification(rerun: Int64, _ verdict: VerificationRecord, at time: Double) throws {
        try run(
            """
            UPDATE verifications SET state = ?, metrics = ?, samples = ?, evaluations = ?, checkpoints = ?, first_difference = ?,
                finished = ? WHERE rerun = ?
            """,
            [
                verdict.state.rawValue, verdict.metrics, verdict.samples, verdict.evaluations, verdict.checkpoints,
                verdict.firstDifference, time, rerun,
            ])
    }

    /// Forgets a comparison that will never have a verdict, because its rerun was cancelled or failed.
    public func abandonVerification(rerun: Int64) throws {
        try run("DELETE FROM verifications WHERE rerun = ?", [rerun])
    }
}
