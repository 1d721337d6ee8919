package import Catalog

/// What became of a request to extend a study.
package struct StudyExtension: Sendable {
    package var study: StudyRecord
    /// Runs that it added.
    package var added: Int
}

extension Workbench {
    /// Gives a study a longer plan and queues the runs that it does not have. What it has stays as it is: the same runs, with the same ids and results.
    /// - Parameters:
    ///   - record: the longer plan, as a study of its own
    ///   - runs: all of its runs
    /// - Errors: `WorkbenchError.unknownStudy`; `.planOfAnother` where another study has the longer plan; `.notLonger` where it lacks a run that the study has
    package func extend(
        study id: String, to record: StudyRecord, runs: [NewRun], reason: String = "", key: IdempotencyKey? = nil, by visitor: (any AuditActor)? = nil
    ) throws -> StudyExtension {
        guard !isStopping else { throw WorkbenchError.stopping }
        let time = now
        let result = try catalog.writeNow { writer -> StudyExtension in
            guard let study = try writer.reader.study(id) else { throw WorkbenchError.unknownStudy(id) }
            if let key, try kept(key, writer.reader) != nil { return StudyExtension(study: study, added: 0) }
            if let other = try writer.reader.study(ofPlan: record.digest), other.id != id { throw WorkbenchError.planOfAnother(other.id) }
            let planned = Dictionary(runs.map { ($0.specificationDigest, $0) }) { first, _ in first }
            var known: Set<String> = []
            let all = try writer.reader.runs(ofStudy: id)
            let present = try all.map { run -> (number: Int64, position: Int?, setting: Int?) in
                guard let plan = planned[run.specificationDigest] else { throw WorkbenchError.notLonger(id, run: run.id) }
                known.insert(run.specificationDigest)
                return (run.number, plan.position, plan.setting)
            }
            let new = runs.filter { !known.contains($0.specificationDigest) }.map { run -> NewRun in
                var run = Workbench.signed(run, by: visitor)
                run.study = id
                // They take their turn with the others.
                (run.priority, run.executor) = (all.last?.priority ?? 0, all.last?.executor)
                return run
            }
            if !new.isEmpty {
                let plan = StudyPlanRecord(digest: record.digest, plan: record.plan, time: time, actor: visitor?.name ?? HistoryEntry.server, reason: reason)
                try writer.extend(study: study, by: plan, keeping: present)
                try writer.insert(new, at: time)
                let change = "\(new.count) run\(new.count == 1 ? " was" : "s were") added to study \(id)" + Workbench.because(reason)
                try writer.record(QueueChange(time: time, actor: visitor?.name ?? HistoryEntry.server, subject: .init(.study, id), change: change))
            }
            try keep(key, id, writer)
            try audit(visitor, "extend", "study \(id)", detail: "\(new.count) runs", writer)
            return StudyExtension(study: try writer.reader.study(id) ?? study, added: new.count)
        }
        tell(study: id)
        lookForWork()
        return result
    }
}
