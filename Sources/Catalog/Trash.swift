import Canonical
import GRDB

/// Something that was deleted: until it expires it can be restored, afterwards it is removed. Times are Unix seconds.
public struct Deletion: Sendable, Equatable {
    /// What can be deleted.
    public enum Kind: String, Sendable, CaseIterable, Hashable {
        case run, study, checkpoint
        /// Checkpoints of a study that its retention rule does not keep, together.
        case checkpoints
        case dataset

        /// What somebody can name to delete it.
        public static let byHand: [Kind] = [.run, .study, .checkpoint, .dataset]
    }

    /// Its number; 0 before it is stored.
    public var number: Int64
    /// What it is.
    public var kind: Kind
    /// The id of the run or study, the run and the step of a checkpoint ("ID/STEP"), the study and the preview of several ("STUDY/DIGEST"), or the name of the data set.
    public var target: String
    /// What it was called.
    public var title: String
    /// The disk space that it frees when it is removed.
    public var bytes: Int64
    /// Who deleted it.
    public var actor: String
    /// When it was deleted.
    public var deleted: Double
    /// From when on it is removed.
    public var expires: Double

    /// Makes a deletion.
    public init(number: Int64 = 0, kind: Kind, target: String, title: String, bytes: Int64, actor: String, deleted: Double, expires: Double) {
        self.number = number
        self.kind = kind
        self.target = target
        self.title = title
        self.bytes = bytes
        self.actor = actor
        self.deleted = deleted
        self.expires = expires
    }

    /// - Errors: `CatalogError.unknown` for a kind that no schema defines
    init(row: Row) throws {
        let name: String = row["kind"]
        guard let kind = Kind(rawValue: name) else { throw CatalogError.unknown(kind: "kind of deletion", id: name) }
        self.init(
            number: row["number"], kind: kind, target: row["target"], title: row["title"], bytes: row["bytes"], actor: row["actor"], deleted: row["deleted"],
            expires: row["expires"])
    }

    /// The run and the step of a checkpoint.
    public var checkpoint: (run: String, step: Int)? {
        guard kind == .checkpoint, let slash = target.lastIndex(of: "/"), let step = Int(target[target.index(after: slash)...], in: 0...Int.max) else { return nil }
        return (String(target[..<slash]), step)
    }
}

/// A file or folder that is to be removed, relative to the storage folder.
public struct FileToRemove: Sendable, Equatable {
    /// "archives/DIGEST", "runs/ID", "evaluations/ID", or a folder of the trash.
    public var path: String
    /// The digest of the specification of the run that it belonged to; empty for none.
    public var specification: String
}

extension CatalogReader {
    /// What is in the trash, last deleted first.
    public func trash() throws -> [Deletion] {
        try all("SELECT * FROM deletions WHERE ended IS NULL ORDER BY deleted DESC, number DESC", [], Deletion.init(row:))
    }

    /// A deletion that is still in the trash; nil for any other.
    public func deletion(_ number: Int64) throws -> Deletion? {
        try one("SELECT * FROM deletions WHERE number = ? AND ended IS NULL", [number], Deletion.init(row:))
    }

    /// The deletion of this in the trash; nil if it is not deleted.
    public func deletion(of kind: Deletion.Kind, _ target: String) throws -> Deletion? {
        try one("SELECT * FROM deletions WHERE kind = ? AND target = ? AND ended IS NULL", [kind.rawValue, target], Deletion.init(row:))
    }

    /// The deletion that a run is part of; nil if it is not deleted.
    public func deletion(ofRun number: Int64) throws -> Deletion? {
        try one("SELECT deletions.* FROM deletions JOIN deleted_runs ON deletion = number WHERE run = ?", [number], Deletion.init(row:))
    }

    /// The steps of a run whose checkpoints were deleted, in the trash or for good; their digests stay.
    public func deletedCheckpoints(ofRun number: Int64) throws -> Set<Int> {
        Set(try all("SELECT step FROM deleted_checkpoints WHERE run = ?", [number]) { $0["step"] as Int })
    }

    /// The numbers of the runs that go with a deletion, with all reruns of theirs.
    public func runs(goingWith deletion: Deletion) throws -> [RunRecord] {
        let start = switch deletion.kind {
        case .run: "SELECT id FROM runs WHERE id = ?"
        case .study: "SELECT id FROM runs WHERE study = ?"
        case .checkpoint, .checkpoints, .dataset: "SELECT id FROM runs WHERE 0 AND id = ?"
        }
        return try all(
            """
            WITH RECURSIVE going (id) AS (\(start) UNION SELECT runs.id FROM runs JOIN going ON runs.rerun_of = going.id)
            SELECT \(RunRecord.columns) FROM runs WHERE id IN (SELECT id FROM going) ORDER BY number
            """, [deletion.target], RunRecord.init(row:))
    }

    /// The archives that are free once these checkpoints and what is in the trash are removed: no other checkpoint refers to them.
    /// - Parameter step: of one checkpoint of the only run; nil for all of the runs
    public func archives(ofOnly numbers: [Int64], step: Int? = nil) throws -> [String] {
        let list = JSONValue.array(numbers.map { .integer($0) }).canonicalText
        let own = "checkpoints.run IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR checkpoints.step = ?2)"
        return try all(
            """
            SELECT DISTINCT digest FROM checkpoints WHERE \(own) AND removed IS NULL AND NOT EXISTS (
                SELECT 1 FROM checkpoints AS other WHERE other.digest = checkpoints.digest AND other.removed IS NULL
                    AND NOT (other.run IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR other.step = ?2))
                    AND NOT EXISTS (SELECT 1 FROM deleted_runs AS gone WHERE gone.run = other.run)
                    AND NOT EXISTS (SELECT 1 FROM deleted_checkpoints AS gone WHERE gone.run = other.run AND gone.step = other.step))
            ORDER BY digest
            """, [list, step]
        ) { $0["digest"] }
    }

    /// Whether a run of whose checkpoints some go with a deletion, or another run or evaluation of its specification, is queued or running.
    public func isBusy(checkpointsOf deletion: Deletion) throws -> Bool {
        try count(
            """
            WITH going AS (SELECT DISTINCT specification_digest AS digest FROM deleted_checkpoints JOIN runs ON runs.number = run WHERE deletion = ?)
            SELECT EXISTS (SELECT 1 FROM runs WHERE state IN ('queued', 'running') AND specification_digest IN (SELECT digest FROM going))
                OR EXISTS (SELECT 1 FROM evaluation_jobs JOIN runs ON runs.number = evaluation_jobs.run
                    WHERE evaluation_jobs.state IN ('queued', 'running') AND runs.specification_digest IN (SELECT digest FROM going))
            """, [deletion.number]) > 0
    }

    /// The evaluations of checkpoints of these runs.
    public func evaluationJobs(ofRuns numbers: [Int64]) throws -> [(id: String, state: RunState)] {
        try all(
            "SELECT id, state FROM evaluation_jobs WHERE run IN (SELECT value FROM json_each(?)) ORDER BY number",
            [JSONValue.array(numbers.map { .integer($0) }).canonicalText]
        ) { (id: $0["id"], state: RunState(rawValue: $0["state"]) ?? .failed) }
    }

    /// Whether a run with this specification, or an evaluation of one, is queued or running.
    public func isBusy(specification digest: String) throws -> Bool {
        try count(
            """
            SELECT EXISTS (SELECT 1 FROM runs WHERE specification_digest = ?1 AND state IN ('queued', 'running'))
                OR EXISTS (SELECT 1 FROM evaluation_jobs JOIN runs ON runs.number = evaluation_jobs.run
                    WHERE runs.specification_digest = ?1 AND evaluation_jobs.state IN ('queued', 'running'))
            """, [digest]) > 0
    }

    /// Whether an unfinished run uses the data set of this name.
    public func isBusy(dataset name: String) throws -> Bool {
        try count("SELECT EXISTS (SELECT 1 FROM runs WHERE dataset = ? AND state IN ('queued', 'running'))", [name]) > 0
    }

    /// The number of runs on a data set.
    public func countRuns(onDataset name: String) throws -> Int { try count("SELECT COUNT(*) FROM runs WHERE dataset = ?", [name]) }

    /// Whether a checkpoint refers to this archive that was not removed for good: one in the trash can be restored, and needs it too.
    public func isNeeded(archive digest: String) throws -> Bool {
        try count("SELECT EXISTS (SELECT 1 FROM checkpoints WHERE digest = ? AND removed IS NULL)", [digest]) > 0
    }

    /// Files that remain to be removed.
    public func filesToRemove(limit: Int) throws -> [FileToRemove] {
        try all("SELECT * FROM files_to_remove ORDER BY path LIMIT ?", [limit]) { FileToRemove(path: $0["path"], specification: $0["specification"]) }
    }

    /// Links that still work and show one of these, and notebooks whose text names one of these ids.
    public func mentions(of ids: [String], at time: Double) throws -> (links: Int, notebooks: Int) {
        let list = JSONValue.array(ids.map { .string($0) }).canonicalText
        let links = try count(
            "SELECT COUNT(*) FROM shares WHERE revoked IS NULL AND expires > ? AND target IN (SELECT value FROM json_each(?))", [time, list])
        let notebooks = try count(
            """
            SELECT COUNT(*) FROM notebooks JOIN notebook_states ON notebook_states.notebook = notebooks.number
            WHERE deleted IS NULL AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(notebook_states.state, value) > 0)
            """, [list])
        return (links, notebooks)
    }

    /// The checkpoints of each study that have an archive here, with the archives; runs without a study have the name "". For the use of the disk.
    public func archivesByStudy() throws -> [(study: String, digest: String, runs: Int)] {
        try all(
            """
            SELECT COALESCE(runs.study, '') AS study, checkpoints.digest AS digest, COUNT(*) AS runs FROM checkpoints JOIN runs ON runs.number = checkpoints.run
            WHERE checkpoints.removed IS NULL GROUP BY 1, 2 ORDER BY 1, 2
            """
        ) { (study: $0["study"], digest: $0["digest"], runs: $0["runs"]) }
    }

    /// The ids of the runs of each study; runs without a study have the name "".
    public func runsByStudy() throws -> [(study: String, run: String)] {
        try all("SELECT COALESCE(study, '') AS study, id FROM runs ORDER BY 1, number") { (study: $0["study"], run: $0["id"]) }
    }
}

extension CatalogWriter {
    /// Puts something into the trash: its runs, or its checkpoint, are no longer listed.
    /// - Parameter checkpoints: the number of the run and the step of each, of a deletion of several
    /// - Returns: the deletion with its number
    public func delete(_ deletion: Deletion, checkpoints: [(run: Int64, step: Int)] = []) throws -> Deletion {
        try run(
            "INSERT INTO deletions (kind, target, title, bytes, actor, deleted, expires) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [deletion.kind.rawValue, deletion.target, deletion.title, deletion.bytes, deletion.actor, deletion.deleted, deletion.expires])
        var stored = deletion
        stored.number = db.lastInsertedRowID
        for member in try reader.runs(goingWith: stored) {
            // A rerun that was deleted before stays with its own deletion.
            try run("INSERT OR IGNORE INTO deleted_runs (run, deletion) VALUES (?, ?)", [member.number, stored.number])
        }
        if let (id, step) = stored.checkpoint {
            try run("INSERT INTO deleted_checkpoints (run, step, deletion) SELECT number, ?, ? FROM runs WHERE id = ?", [step, stored.number, id])
        }
        for (run, step) in checkpoints { try self.run("INSERT INTO deleted_checkpoints (run, step, deletion) VALUES (?, ?, ?)", [run, step, stored.number]) }
        return stored
    }

    /// Takes something out of the trash.
    public func restore(_ deletion: Deletion, at time: Double) throws {
        try run("DELETE FROM deleted_runs WHERE deletion = ?", [deletion.number])
        try run("DELETE FROM deleted_checkpoints WHERE deletion = ?", [deletion.number])
        try run("UPDATE deletions SET ended = MAX(?, deleted), outcome = 'restored' WHERE number = ?", [time, deletion.number])
    }

    /// Removes the rows of what was deleted, and notes which files are to be removed afterwards: of the archives those that no other checkpoint needs, also none that can
    /// still be restored. The row of a checkpoint stays, with its digest and the mark that it was removed.
    public func remove(_ deletion: Deletion, at time: Double) throws {
        let runs = try reader.runs(goingWith: deletion)
        var archives: [(digest: String, specification: String)] = try reader.all(
            """
            SELECT digest, specification_digest FROM deleted_checkpoints AS gone JOIN checkpoints ON checkpoints.run = gone.run AND checkpoints.step = gone.step
                JOIN runs ON runs.number = gone.run WHERE gone.deletion = ?
            """, [deletion.number]
        ) { (digest: $0["digest"], specification: $0["specification_digest"]) }
        for record in runs {
            try note("runs/\(record.id)", record.specificationDigest)
            archives += try reader.checkpoints(ofRun: record.number).map { ($0.digest, record.specificationDigest) }
            for job in try reader.evaluationJobs(ofRuns: [record.number]) { try note("evaluations/\(job.id)", record.specificationDigest) }
        }
        try run(
            "UPDATE checkpoints SET removed = ? WHERE removed IS NULL AND (run, step) IN (SELECT run, step FROM deleted_checkpoints WHERE deletion = ?)", [time, deletion.number])
        if deletion.kind == .dataset { try run("INSERT OR IGNORE INTO files_to_remove (path, specification) VALUES (?, '')", ["trash/\(deletion.number)"]) }
        try removeRows(ofRuns: runs.map(\.number))
        for archive in archives where try !reader.isNeeded(archive: archive.digest) { try note("archives/\(archive.digest)", archive.specification) }
        if deletion.kind == .study {
            for table in ["study_labels", "retention_rules"] { try run("DELETE FROM \(table) WHERE study = ?", [deletion.target]) }
            try run("DELETE FROM studies WHERE id = ?", [deletion.target])
        }
        try run("UPDATE deletions SET ended = MAX(?, deleted), outcome = 'removed' WHERE number = ?", [time, deletion.number])
        // Deletions of parts of it have nothing left to restore.
        for record in runs {
            try run("UPDATE deletions SET ended = MAX(?, deleted), outcome = 'removed' WHERE ended IS NULL AND (kind = 'run' AND target = ? OR kind = 'checkpoint' AND target LIKE ?)", [time, record.id, record.id + "/%"])
        }
    }

    private func note(_ path: String, _ specification: String) throws {
        try run("INSERT OR IGNORE INTO files_to_remove (path, specification) VALUES (?, ?)", [path, specification])
    }

    /// Every row that belongs to runs, those that refer to others first.
    private func removeRows(ofRuns numbers: [Int64]) throws {
        let list = JSONValue.array(numbers.map { .integer($0) }).canonicalText
        let runs = "(SELECT value FROM json_each(?))", jobs = "(SELECT number FROM evaluation_jobs WHERE run IN \(runs))"
        for (table, condition) in [
            ("evaluation_results", "job IN \(jobs)"), ("evaluations", "run IN \(runs)"), ("scores", "run IN \(runs)"), ("attempts", "evaluation IN \(jobs)"),
            ("attempts", "run IN \(runs)"), ("evaluation_jobs", "run IN \(runs)"), ("metric_chunks", "run IN \(runs)"), ("samples", "run IN \(runs)"),
            ("checkpoints", "run IN \(runs)"), ("run_history", "run IN \(runs)"), ("verifications", "rerun IN \(runs)"), ("verifications", "original IN \(runs)"),
            ("run_labels", "run IN \(runs)"), ("deleted_runs", "run IN \(runs)"), ("deleted_checkpoints", "run IN \(runs)"),
            ("kept_checkpoints", "run IN \(runs)"),
        ] { try run("DELETE FROM \(table) WHERE \(condition)", [list]) }
        // Reruns before the runs that they repeat.
        for number in numbers.sorted(by: >) { try run("DELETE FROM runs WHERE number = ?", [number]) }
    }

    /// A file is gone, or is needed again.
    public func forget(_ file: FileToRemove) throws { try run("DELETE FROM files_to_remove WHERE path = ?", [file.path]) }
}
