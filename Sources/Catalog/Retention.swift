import struct Foundation.Data
import GRDB

/// Which checkpoints of the runs of a study stay when its storage is cleaned up. Others stay only if something needs them.
public struct RetentionRule: Sendable, Equatable {
    /// How many of a run's newest checkpoints stay.
    public var last: Int
    /// How many of a run's checkpoints with the best values of its objective stay; at least one.
    public var best: Int
    /// Checkpoints at steps that this divides stay; nil for none.
    public var every: Int?

    /// How many a rule may keep.
    public static let counts = 0...1000
    /// Intervals that a rule may have.
    public static let intervals = 1...1_000_000_000

    /// Makes a rule.
    public init(last: Int = 1, best: Int = 1, every: Int? = nil) {
        (self.last, self.best, self.every) = (last, best, every)
    }
}

/// The rule of a study, and who made it when (Unix seconds).
public struct StudyRetention: Sendable, Equatable {
    /// The id of the study.
    public var study: String
    public var rule: RetentionRule
    /// Who made it.
    public var actor: String
    public var time: Double

    /// Makes a record.
    public init(study: String, rule: RetentionRule, actor: String, time: Double) {
        (self.study, self.rule, self.actor, self.time) = (study, rule, actor, time)
    }
}

/// A checkpoint that somebody keeps, whatever a rule says.
public struct KeptCheckpoint: Sendable, Equatable {
    /// The public id of the run.
    public var run: String
    public var step: Int
    /// Who keeps it.
    public var actor: String
    public var time: Double
}

/// A checkpoint whose archive is here, and what else has to do with its content.
public struct PresentCheckpoint: Sendable, Equatable {
    /// The number of the run.
    public var run: Int64
    public var step: Int
    public var digest: String
    /// Whether it is in the trash.
    public var isDeleted: Bool
}

extension CatalogReader {
    /// The rules of studies that are not deleted, by study.
    public func retentionRules() throws -> [StudyRetention] {
        try all(
            """
            SELECT * FROM retention_rules WHERE study NOT IN (SELECT target FROM deletions WHERE kind = 'study' AND ended IS NULL) ORDER BY study
            """, [], CatalogReader.retention)
    }

    /// The rule of a study; nil for one that keeps everything.
    public func retentionRule(ofStudy id: String) throws -> StudyRetention? {
        try one("SELECT * FROM retention_rules WHERE study = ?", [id], CatalogReader.retention)
    }

    private static func retention(_ row: Row) -> StudyRetention {
        StudyRetention(study: row["study"], rule: RetentionRule(last: row["last"], best: row["best"], every: row["every"]), actor: row["actor"], time: row["time"])
    }

    /// The checkpoints that somebody keeps, newest first.
    public func keptCheckpoints() throws -> [KeptCheckpoint] {
        try all(
            """
            SELECT runs.id AS id, kept.step AS step, kept.actor AS actor, kept.time AS time FROM kept_checkpoints AS kept JOIN runs ON runs.number = kept.run
            ORDER BY kept.time DESC, runs.id, kept.step
            """
        ) { KeptCheckpoint(run: $0["id"], step: $0["step"], actor: $0["actor"], time: $0["time"]) }
    }

    /// The steps of the checkpoints of a run that somebody keeps.
    public func keptCheckpoints(ofRun number: Int64) throws -> Set<Int> {
        Set(try all("SELECT step FROM kept_checkpoints WHERE run = ?", [number]) { $0["step"] as Int })
    }

    /// Every checkpoint whose archive was not removed, of all runs, also of those in the trash.
    public func presentCheckpoints() throws -> [PresentCheckpoint] {
        try all(
            """
            SELECT checkpoints.run AS run, checkpoints.step AS step, digest, deleted_runs.run IS NOT NULL OR gone.run IS NOT NULL AS is_deleted FROM checkpoints
                LEFT JOIN deleted_runs ON deleted_runs.run = checkpoints.run
                LEFT JOIN deleted_checkpoints AS gone ON gone.run = checkpoints.run AND gone.step = checkpoints.step
            WHERE removed IS NULL ORDER BY checkpoints.run, checkpoints.step
            """
        ) { PresentCheckpoint(run: $0["run"], step: $0["step"], digest: $0["digest"], isDeleted: $0["is_deleted"]) }
    }

    /// The digests of the specifications of all runs and evaluations that are queued or running.
    public func busySpecifications() throws -> Set<String> {
        Set(
            try all(
                """
                SELECT specification_digest AS digest FROM runs WHERE state IN ('queued', 'running')
                UNION SELECT runs.specification_digest FROM evaluation_jobs JOIN runs ON runs.number = evaluation_jobs.run WHERE evaluation_jobs.state IN ('queued', 'running')
                """
            ) { $0["digest"] as String })
    }

    /// The numbers of runs that were compared with a rerun, or are one, and differ: their archives are the evidence.
    public func runsThatDiffer() throws -> Set<Int64> {
        Set(
            try all("SELECT rerun AS run FROM verifications WHERE state = 'different' UNION SELECT original FROM verifications WHERE state = 'different'") { $0["run"] as Int64 })
    }

    /// What notebooks, links, and proofs name: ids of runs, and digests. Of notebooks the present text, every revision, and what cells show; of outputs and of what
    /// links pinned only digests count, because they list every run behind a figure.
    /// - Parameter time: at which a link has to be valid, in Unix seconds
    public func named(at time: Double) throws -> NamedResults {
        var found = NamedResults()
        for text: String in try all("SELECT state FROM notebook_states", [], { $0["state"] }) { found.add(text) }
        let newer = """
            SELECT operation, source FROM notebook_operations AS made WHERE sequence > COALESCE((SELECT sequence FROM notebook_states WHERE notebook = made.notebook), -1)
            """
        for texts in try all(newer, [], { [$0["operation"] as String?, $0["source"] as String?] }) { for text in texts { found.add(text ?? "") } }
        for text in try all("SELECT bytes FROM objects WHERE kind = 'notebook'", [], { $0["bytes"] as Data }) { found.add([UInt8](text)) }
        for text in try all("SELECT bytes FROM objects WHERE kind IN ('output', 'rendering')", [], { $0["bytes"] as Data }) { found.add([UInt8](text), isOutput: true) }
        for texts in try all("SELECT target, view FROM shares WHERE revoked IS NULL AND expires > ?", [time], { [$0["target"] as String?, $0["view"] as String?] }) {
            for text in texts { found.add(text ?? "") }
        }
        for text: String in try all("SELECT content FROM notebook_proofs", [], { $0["content"] }) { found.add(text) }
        return found
    }
}

/// The ids of runs and the digests that stand in texts.
public struct NamedResults: Sendable, Equatable {
    /// Ids of runs.
    public private(set) var runs: Set<String> = []
    /// Digests, of whatever.
    public private(set) var digests: Set<String> = []

    /// Nothing is named.
    public init() {}

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    /// Adds every word of a text that is an id or a digest.
    /// - Parameter isOutput: whether only digests count
    mutating func add(_ text: [UInt8], isOutput: Bool = false) {
        func isHexadecimal(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) }
        for word in text.split(whereSeparator: { !isHexadecimal($0) && $0 != UInt8(ascii: "-") }) {
            if word.count == 64, word.allSatisfy(isHexadecimal) {
                digests.insert(String(decoding: word, as: UTF8.self))
            } else if !isOutput, word.count > 13, word.count <= 24, word[word.startIndex + 12] == UInt8(ascii: "-"), word.prefix(12).allSatisfy(isHexadecimal),
                word.dropFirst(13).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            {
                runs.insert(String(decoding: word, as: UTF8.self))
            }
        }
    }
}

extension CatalogWriter {
    /// Gives a study a rule, or takes it away.
    public func setRetention(ofStudy id: String, _ rule: RetentionRule?, by actor: String, at time: Double) throws {
        guard let rule else {
            try run("DELETE FROM retention_rules WHERE study = ?", [id])
            return
        }
        try run(
            "INSERT OR REPLACE INTO retention_rules (study, last, best, every, actor, time) VALUES (?, ?, ?, ?, ?, ?)", [id, rule.last, rule.best, rule.every, actor, time])
    }

    /// Keeps a checkpoint whatever the rule says, or no longer.
    public func keep(_ isKept: Bool, checkpoint step: Int, ofRun number: Int64, by actor: String, at time: Double) throws {
        guard isKept else {
            try run("DELETE FROM kept_checkpoints WHERE run = ? AND step = ?", [number, step])
            return
        }
        try run("INSERT OR IGNORE INTO kept_checkpoints (run, step, actor, time) VALUES (?, ?, ?, ?)", [number, step, actor, time])
    }
}
