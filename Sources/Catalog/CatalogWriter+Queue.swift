import GRDB

extension CatalogWriter {
    /// Stores a rule in place of the one for the same subject; one that restricts nothing is removed.
    public func put(_ rule: QueueRule) throws {
        try run("DELETE FROM queue_rules WHERE scope = ? AND target = ?", [rule.subject.scope.rawValue, rule.subject.target])
        guard !rule.isEmpty else { return }
        try run(
            "INSERT INTO queue_rules (scope, target, paused, most, opens, closes, time_zone, at_close) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                rule.subject.scope.rawValue, rule.subject.target, rule.paused?.rawValue, rule.limit, rule.window?.opens, rule.window?.closes, rule.window?.timeZone,
                rule.window?.atClose.rawValue,
            ])
    }

    /// Appends a change, which the histories of all unfinished runs that it concerns show.
    public func record(_ change: QueueChange) throws {
        try run(
            "INSERT INTO queue_changes (time, actor, scope, target, change) VALUES (?, ?, ?, ?, ?)",
            [change.time, change.actor, change.subject.scope.rawValue, change.subject.target, change.change])
    }

    /// Sets what holds a run back.
    public func setHold(_ hold: JobHold?, ofRun number: Int64) throws {
        try run("UPDATE runs SET hold = ? WHERE number = ?", [hold?.rawValue, number])
    }

    /// Sets the executor that a queued run asks for; nil for the server's first.
    public func setExecutor(_ executor: String?, ofRun number: Int64) throws {
        try run("UPDATE runs SET executor = ? WHERE number = ?", [executor, number])
    }

    /// Sets the executor that the queued runs of a study ask for.
    public func setExecutor(_ executor: String?, ofQueuedRunsOf study: String) throws {
        try run("UPDATE runs SET executor = ? WHERE study = ? AND state = 'queued'", [executor, study])
    }

    /// Sets the priority of a run; its place moves by a week for each level.
    public func setPriority(_ priority: Int, ofRun number: Int64) throws {
        try run("UPDATE runs SET place = place + (priority - ?1) * \(CatalogSchema.placesOfPriority), priority = ?1 WHERE number = ?2", [priority, number])
    }

    /// Sets the priority of all unfinished runs of a study.
    public func setPriority(_ priority: Int, ofStudy id: String) throws {
        try run(
            """
            UPDATE runs SET place = place + (priority - ?1) * \(CatalogSchema.placesOfPriority), priority = ?1
            WHERE study = ?2 AND state IN ('queued', 'running')
            """, [priority, id])
    }

    /// Moves a queued run before or after all others that are queued now.
    public func move(run number: Int64, to end: QueueEnd) throws {
        guard let places = try reader.placesInQueue() else { return }
        try run("UPDATE runs SET place = ? WHERE number = ?", [end == .first ? places.first - 1000 : places.last + 1000, number])
    }

    /// Moves the queued runs of a study before or after all others; their own order remains.
    public func move(study id: String, to end: QueueEnd) throws {
        guard let places = try reader.placesInQueue() else { return }
        let found = try reader.one("SELECT MIN(place) AS low, MAX(place) AS high FROM runs WHERE study = ? AND state = 'queued'", [id]) { row -> (low: Int, high: Int)? in
            guard let low = row["low"] as Int?, let high = row["high"] as Int? else { return nil }
            return (low, high)
        }
        guard let own = found ?? nil else { return }
        let shift = end == .first ? places.first - 1000 - own.high : places.last + 1000 - own.low
        try run("UPDATE runs SET place = place + ? WHERE study = ? AND state = 'queued'", [shift, id])
    }

    /// Moves a queued run directly before another. Where there is no place between the two that are there, everything before them moves by a millisecond.
    public func move(run number: Int64, before other: Int64) throws {
        let place = try reader.count("SELECT place FROM runs WHERE number = ?", [other])
        let earlier = try reader.one(
            """
            SELECT MAX(place) AS place FROM (
                SELECT place FROM runs WHERE state = 'queued' AND (place < ?1 OR place = ?1 AND number < ?2) AND number <> ?3
                UNION ALL SELECT place FROM evaluation_jobs WHERE state = 'queued' AND place <= ?1)
            """, [place, other, number]) { $0["place"] as Int? } ?? nil
        guard let earlier else {
            try run("UPDATE runs SET place = ? WHERE number = ?", [place - 1000, number])
            return
        }
        if place - earlier >= 2 {
            try run("UPDATE runs SET place = ? WHERE number = ?", [earlier + (place - earlier) / 2, number])
            return
        }
        try run("UPDATE runs SET place = place - 1000000 WHERE state = 'queued' AND (place < ?1 OR place = ?1 AND number < ?2)", [place, other])
        try run("UPDATE evaluation_jobs SET place = place - 1000000 WHERE state = 'queued' AND place <= ?", [place])
        try run("UPDATE runs SET place = ? WHERE number = ?", [place - 500_000, number])
    }
}

/// The ends of the queue.
public enum QueueEnd: String, Sendable, CaseIterable { case first, last }
