import Canonical
package import Catalog
package import Results

/// Retention: rules of studies, checkpoints that somebody keeps, and cleaning up by them. What goes is shown first, and moves to the trash in one transaction, so that a kill
/// leaves all of it or nothing there; the trash removes it a day later.
extension Workbench {
    /// Gives a study a rule, or takes it away. Nothing is deleted by that.
    /// - Errors: `WorkbenchError.unknownStudy`
    package func setRetention(ofStudy id: String, _ rule: RetentionRule?, by actor: some AuditActor) throws {
        try catalog.writeNow { writer in
            guard try writer.reader.study(id) != nil else { throw WorkbenchError.unknownStudy(id) }
            try writer.setRetention(ofStudy: id, rule, by: actor.name, at: now)
            try audit(actor, "retention", "study \(id)", detail: rule.map { "keeps \($0.words)" } ?? "keeps everything", writer)
        }
    }

    /// Keeps a checkpoint whatever a rule says, or no longer.
    /// - Errors: `WorkbenchError.unknownRun`, `.noCheckpoint`
    package func keep(_ isKept: Bool, checkpoint step: Int, ofRun id: String, by actor: some AuditActor) throws {
        try catalog.writeNow { writer in
            guard let run = try writer.reader.run(id) else { throw WorkbenchError.unknownRun(id) }
            if isKept {
                guard try writer.reader.checkpoints(ofRun: run.number).contains(where: { $0.step == step }) else {
                    throw WorkbenchError.noCheckpoint(run: id, problem: "has no checkpoint at step \(step)")
                }
                if try writer.reader.removedCheckpoints(ofRun: run.number).contains(step) { throw WorkbenchError.noCheckpoint(run: id, problem: "has no archive of its checkpoint at step \(step) here any more") }
            }
            try writer.keep(isKept, checkpoint: step, ofRun: run.number, by: actor.name, at: now)
            try audit(actor, isKept ? "keep" : "release", "checkpoint \(id)/\(step)", writer)
        }
    }

    /// What the rules would delete now. Changes nothing.
    /// - Errors: `ResultsError.unknownStudy`
    package nonisolated func retentionPreview(of studies: [String]?) async throws -> RetentionPreview {
        let (storage, time) = (storage, settings.now())
        return try await catalog.read { try RetentionPreview(of: studies, at: time, storage: storage, $0) }
    }

    /// Moves what a preview showed to the trash, a deletion for each study, in one transaction.
    /// - Parameter preview: its digest
    /// - Errors: `WorkbenchError.previewChanged` if other checkpoints would go by now; `ResultsError.unknownStudy`
    package func clean(up studies: [String]?, asShown preview: String, by actor: some AuditActor) throws -> [Deletion] {
        guard !isStopping else { throw WorkbenchError.stopping }
        let time = now
        let deletions = try catalog.writeNow { writer -> [Deletion] in
            let going = try RetentionPreview(of: studies, at: time, storage: storage, writer.reader)
            guard going.digest.hex == preview else { throw WorkbenchError.previewChanged }
            return try going.studies.filter { !$0.going.isEmpty }.map { study -> Deletion in
                let title = "\(study.going.count) checkpoints of study \(study.name), by its retention rule"
                let deletion = try writer.delete(
                    Deletion(
                        kind: .checkpoints, target: "\(study.study)/\(preview.prefix(12))", title: title, bytes: study.bytes, actor: actor.name, deleted: time, expires: time + Self.trashTime),
                    checkpoints: study.going.map { (run: $0.number, step: $0.step) })
                try audit(actor, "delete", "checkpoints of study \(study.study)", detail: "\(study.going.count), which keeps \(study.rule.words)", writer)
                return deletion
            }
        }
        for deletion in deletions { tellManyRuns(ofStudy: String(deletion.target.prefix { $0 != "/" })) }
        wakeUp.ring()
        return deletions
    }
}
