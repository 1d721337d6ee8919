import Canonical
import Events
import GRDB

extension CatalogWriter {
    /// Turns events into rows and moves the place up to which the file was read, in this one transaction: a line is
    /// counted exactly once, whenever the process dies. Repeated events replace their rows. Events of a kind that this program does not know are
    /// counted, and are otherwise nothing.
    /// - Errors: `CatalogError.staleOffset` when the batch does not begin where the last one ended; nothing is changed.
    public func ingest(_ batch: EventBatch, into run: RunRecord, at time: Double) throws -> IngestedChanges {
        var changes = try begin(batch, .training(run))
        for event in batch.events { try apply(event, to: run.number, &changes) }
        changes.metrics = try putMetrics(batch.events, into: run.number, &changes)
        for contradiction in changes.contradictions {
            try note(run: run.number, state: run.state, reason: contradiction, at: time)
        }
        for error in batch.damaged {
            try note(run: run.number, state: run.state, reason: "events.ndjson: \(error)", at: time)
        }
        try end(batch, .training(run.number), unknown: changes.unknown, at: time)
        return changes
    }

    /// - Errors: `CatalogError.staleOffset` when the batch does not begin where the last one ended.
    func begin(_ batch: EventBatch, _ job: JobRecord) throws -> IngestedChanges {
        let expected = Int64(try reader.count("SELECT events_offset FROM \(job.reference.table) WHERE number = ?", [job.reference.number]))
        guard batch.start == expected || batch.start == 0 else {
            throw CatalogError.staleOffset(run: job.id, expected: expected, actual: batch.start)
        }
        var changes = IngestedChanges()
        changes.damaged = batch.damaged.count
        return changes
    }

    /// Moves the place up to which a job's file was read.
    func end(_ batch: EventBatch, _ job: JobReference, unknown: Int, at time: Double) throws {
        try run(
            """
            UPDATE \(job.table) SET events_offset = ?, heartbeat = MAX(COALESCE(heartbeat, 0), ?),
                damaged_events = CASE WHEN ?3 THEN damaged_events ELSE 0 END + ?4,
                unknown_events = CASE WHEN ?3 THEN unknown_events ELSE 0 END + ?5
            WHERE number = ?
            """, [batch.end, time, batch.start > 0, batch.damaged.count, unknown, job.number])
    }

    private func apply(_ event: RunEvent, to run: Int64, _ changes: inout IngestedChanges) throws {
        switch event.kind {
        case .log(let version):
            try self.run("UPDATE runs SET log_version = ? WHERE number = ?", [version, run])
        case .started(let start): try put(start, run)
        case .phase(let phase, let fraction):
            try self.run("UPDATE runs SET phase = ?, phase_fraction = ? WHERE number = ?", [phase, fraction, run])
        case .progress(let step, _, let rate, let remaining):
            try self.run("UPDATE runs SET step = ?, rate = ?, remaining = ? WHERE number = ?", [step, rate, remaining, run])
        case .metrics: return
        case .samples(let samples): try put(SampleRecord(samples), run, &changes)
        case .protocolContent(let told):
            try put(told, provenance: provenance(of: run))
            return
        case .extractor(let told):
            try put(told)
            try add(provenance: ["extractors": .object([told.name: .string(told.digest)])], to: .training(run))
            return
        case .evaluation(let evaluation): try put(evaluation, run, &changes)
        case .checkpoint(let checkpoint): try put(CheckpointRecord(checkpoint, time: event.time), run, &changes)
        case .finished(let end):
            try self.run(
                "UPDATE runs SET step = COALESCE(?, step), final_digest = COALESCE(?, final_digest) WHERE number = ?", [end.step, end.finalDigest, run])
        case .unknown:
            changes.unknown += 1
            return
        }
        changes.run = true
    }

    private func put(_ start: RunEvent.Start, _ run: Int64) throws {
        try self.run(
            "UPDATE runs SET step = ?, threads = ?, kernels = ?, host = ?, program = ? WHERE number = ?",
            [start.step, start.threads, start.kernels, start.host, start.program, run])
        if let provenance = start.provenance { try add(provenance: told(start, provenance), to: .training(run)) }
    }

    /// What a worker says at its start, in one object.
    func told(_ start: RunEvent.Start, _ provenance: JSONValue) -> JSONValue {
        var members = provenance.objectValue ?? [:]
        if let program = start.program { members["program"] = .string(program) }
        if let kernels = start.kernels { members["kernels"] = .string(kernels) }
        if let host = start.host { members["host"] = .string(host) }
        if let threads = start.threads { members["threads"] = .integer(Int64(threads)) }
        return .object(members)
    }

    private func put(_ sample: SampleRecord, _ run: Int64, _ changes: inout IngestedChanges) throws {
        if let old = try reader.sample(ofRun: run, step: sample.step), old.digest != sample.digest {
            changes.contradictions.append("samples at step \(sample.step) were \(old.digest), and now are \(sample.digest)")
        }
        try self.run(
            """
            INSERT OR REPLACE INTO samples (run, step, file, digest, rows, columns, width, height, channels)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                run, sample.step, sample.file, sample.digest, sample.rows, sample.columns, sample.width, sample.height,
                sample.channels,
            ])
        changes.samples.append(sample)
    }

    private func put(_ checkpoint: CheckpointRecord, _ run: Int64, _ changes: inout IngestedChanges) throws {
        let old: (digest: String, time: Double)? = try reader.one(
            "SELECT digest, time FROM checkpoints WHERE run = ? AND step = ?", [run, checkpoint.step]
        ) { (digest: $0["digest"], time: $0["time"]) }
        if let old, old.digest != checkpoint.digest {
            changes.contradictions.append("the checkpoint at step \(checkpoint.step) was \(old.digest), and now is \(checkpoint.digest)")
        }
        // An event that is read again says what was known when the checkpoint was removed. A later one says that a worker has written it since.
        try self.run(
            """
            INSERT INTO checkpoints (run, step, digest, bytes, final, time, weights) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, step) DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes, final = excluded.final, weights = excluded.weights,
                removed = CASE WHEN excluded.time > time THEN NULL ELSE removed END, time = MAX(time, excluded.time)
            """, [run, checkpoint.step, checkpoint.digest, checkpoint.bytes, checkpoint.final, checkpoint.time, checkpoint.weights])
        if let old, checkpoint.time > old.time {
            try self.run(
                "DELETE FROM deleted_checkpoints WHERE run = ? AND step = ? AND deletion IN (SELECT number FROM deletions WHERE ended IS NOT NULL)", [run, checkpoint.step])
        }
        if checkpoint.final {
            try self.run("UPDATE runs SET final_digest = ? WHERE number = ?", [checkpoint.digest, run])
        }
        changes.checkpoints.append(checkpoint)
    }
}
