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

/// The result of comparing a rerun with its original.
///
/// A comparison is conclusive (identical or different) only if both runs ran to their ends (`RunState.isComparable`). Otherwise it is
/// inconclusive, with the obstacle; it reopens as soon as either run is resumed.
public struct VerificationRecord: Sendable, Equatable {
    /// The stages and results of a comparison.
    public enum State: String, Sendable {
        /// At least one of the runs is queued or running, or has just ended and was not compared yet.
        case running
        case identical, different
        /// The runs could not be compared.
        case inconclusive
    }

    /// Why a comparison is inconclusive.
    public enum Obstacle: Sendable, Equatable {
        /// A run failed or was cancelled before its end.
        case unfinished(Side, state: RunState, message: String)
        /// Lines of a run's `events.ndjson` are damaged, so results may be missing.
        case incompleteRecord(Side, lines: Int)
        /// Both runs ended, and neither recorded anything comparable.
        case nothingRecorded
    }

    /// One of the two runs of a comparison.
    public enum Side: String, Sendable { case original, rerun }

    /// The original's public id.
    public var original: String
    /// The rerun's public id.
    public var rerun: String
    /// The stage or result.
    public var state: State
    /// Why the comparison is inconclusive; nil in any other state.
    public var obstacle: Obstacle?
    /// How many training metrics were compared.
    public var metrics: Int
    /// How many sample grids were compared.
    public var samples: Int
    /// How many evaluations were compared.
    public var evaluations: Int
    /// How many checkpoints were compared.
    public var checkpoints: Int
    /// The first difference, canonical JSON; nil if nothing differs.
    public var firstDifference: String?
    /// When the comparison completed, in Unix seconds; nil until then.
    public var finished: Double?
    /// Digests of the final checkpoints of the original and the rerun; nil for a run without one.
    public var finalDigests: [String?]

    /// Makes a record.
    public init(
        original: String, rerun: String, state: State, obstacle: Obstacle? = nil, metrics: Int = 0, samples: Int = 0, evaluations: Int = 0,
        checkpoints: Int = 0, firstDifference: String? = nil, finished: Double? = nil, finalDigests: [String?] = [nil, nil]
    ) {
        self.original = original
        self.rerun = rerun
        self.state = state
        self.obstacle = obstacle
        self.metrics = metrics
        self.samples = samples
        self.evaluations = evaluations
        self.checkpoints = checkpoints
        self.firstDifference = firstDifference
        self.finished = finished
        self.finalDigests = finalDigests
    }

    /// How many values were compared in all.
    public var compared: Int { metrics + samples + evaluations + checkpoints }
}

extension VerificationRecord {
    /// One of the two runs in its current state.
    struct End {
        var side: Side
        var state: RunState
        var message: String
        var finished: Double?
        var damagedEvents: Int
    }

    /// The record adjusted to the current states of its runs: a result is valid only for the ends that it compared, so one that is older than
    /// an end, or that an earlier program stored without two ends, is discarded.
    func standing(_ original: End, _ rerun: End) -> VerificationRecord {
        let ends = [original, rerun]
        if ends.contains(where: { !$0.state.isFinal }) { return open }
        if let short = ends.first(where: { !$0.state.isComparable }) {
            return inconclusive(.unfinished(short.side, state: short.state, message: short.message), at: ends.compactMap(\.finished).max())
        }
        switch state {
        case .running: return open
        case _ where (finished ?? 0) < (ends.compactMap(\.finished).max() ?? 0): return open
        case .identical where compared > 0, .different: return self
        case .identical, .inconclusive:
            let damaged = ends.first { $0.damagedEvents > 0 }
            let obstacle = damaged.map { Obstacle.incompleteRecord($0.side, lines: $0.damagedEvents) } ?? .nothingRecorded
            return inconclusive(obstacle, at: finished)
        }
    }

    private var open: VerificationRecord { VerificationRecord(original: original, rerun: rerun, state: .running, finalDigests: finalDigests) }

    private func inconclusive(_ obstacle: Obstacle, at time: Double?) -> VerificationRecord {
        VerificationRecord(
            original: original, rerun: rerun, state: .inconclusive, obstacle: obstacle, finished: time, finalDigests: finalDigests)
    }
}
