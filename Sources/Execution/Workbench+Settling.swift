import Canonical
import Catalog
import Datasets
import Events
import Logging
import Storage
import Training

/// From the observation of an attempt to what is stored for its run.
extension Workbench {
    /// What is to be stored for one attempt.
    struct Report {
        var attempt: OpenAttempt
        /// The next complete lines of its worker; the read offset is not advanced yet. Those of an ended attempt are read while storing.
        var lines: EventBatch?
    }

    /// What was stored for one attempt.
    struct Advance {
        var attempt: OpenAttempt
        var job: JobRecord
        var changes: [IngestedChanges] = []
        var hasChanged = false
        var settlement: Settlement?
        var comparisons: [VerificationRecord] = []
    }

    /// Seconds during which no run is started after a failed start.
    static let pauseAfterRefusal = 5.0

    static func refused(_ problem: String) -> String { "cannot be started and will be retried: \(problem)" }

    /// Nil if nothing about the attempt changed.
    func report(on attempt: OpenAttempt) -> Report? {
        var report = Report(attempt: attempt)
        if attempt.isOver { return report }
        do {
            report.lines = try report.attempt.tail.next()
        } catch {
            tellProblem(error, of: attempt.id)
        }
        return report.lines != nil || Workbench.standing(attempt) != attempt.record ? report : nil
    }

    /// The attempt's row according to the observation, apart from times.
    private static func standing(_ attempt: OpenAttempt) -> AttemptRecord {
        var record = attempt.record
        switch attempt.observed {
        case .pending(let reason): (record.state, record.reason, record.job) = (.pending, reason, attempt.job?.id)
        case .running(let node):
            if record.state == .pending { record.reason = "" }
            (record.state, record.node, record.job) = (.running, node ?? record.node, attempt.job?.id)
        case .ended, .gone, nil: break
        }
        return record
    }

    // MARK: - In the transaction

    /// - Errors: those of files and of the catalog; nothing about this attempt is stored then.
    func advance(_ report: Report, _ writer: CatalogWriter, at time: Double) throws -> Advance {
        var advance = Advance(attempt: report.attempt, job: try writer.reader.requiredJob(report.attempt.id))
        try storeStanding(&advance, writer, at: time)
        if let lines = report.lines { advance.changes.append(try writer.ingest(lines, into: advance.job, at: time)) }
        guard report.attempt.isOver else { return advance }
        while let lines = try advance.attempt.tail.next() {
            advance.changes.append(try writer.ingest(lines, into: advance.job, at: time))
        }
        try end(&advance, writer, at: time)
        return advance
    }

    private func storeStanding(_ advance: inout Advance, _ writer: CatalogWriter, at time: Double) throws {
        var record = Workbench.standing(advance.attempt)
        if advance.attempt.hasBegun, record.started == nil {
            record.started = max(time, record.submitted)
            record.job = advance.attempt.job?.id
        }
        guard record != advance.attempt.record else { return }
        try writer.put(record)
        advance.hasChanged = true
        if record.started != nil, advance.job.state == .queued {
            let threads = "\(record.threads) thread\(record.threads == 1 ? "" : "s")"
            try writer.start(
                record.subject, threads: record.threads, at: time,
                reason: "a worker with \(threads)" + (record.reason.isEmpty ? "" : ": \(record.reason)"))
            advance.job = try writer.reader.requiredJob(advance.job.id)
        }
        advance.attempt.record = record
    }

    /// Decides what becomes of a job whose attempt is over, and stores both.
    private func end(_ advance: inout Advance, _ writer: CatalogWriter, at time: Double) throws {
        let job = try writer.reader.requiredJob(advance.job.id)
        let settlement: Settlement
        if let problem = advance.attempt.refusal {
            settlement = job.state.isFinal ? .unchanged : job.cancelling ? .finish(.cancelled, message: "cancelled") : .requeueLater(reason: Workbench.refused(problem))
            try writer.put(advance.attempt.record.ending(as: .refused, reason: problem, at: time))
        } else {
            let (exit, report) = (advance.attempt.exit, advance.attempt.work.folder.reportPath(ofAttempt: advance.attempt.record.number).flatMap { ExitRecord(path: $0) }?.end)
            settlement = self.settlement(of: job, advance.attempt, exit, report, try newestCheckpoint(of: job, writer.reader))
            let isLost = exit == .unknown && report == nil
            try writer.put(
                advance.attempt.record.ending(as: isLost ? .lost : .ended, reason: Workbench.reason(exit, report, settlement), at: time))
        }
        advance.comparisons = try carryOut(settlement, job, writer, at: time)
        (advance.settlement, advance.job) = (settlement, job)
    }

    /// The step from which a job resumes; -1 for one that starts over, like every evaluation.
    private func newestCheckpoint(of job: JobRecord, _ reader: CatalogReader) throws -> Int {
        guard case .training(let run) = job else { return -1 }
        return try reader.checkpoints(ofRun: run.number).last?.step ?? -1
    }

    private func settlement(of job: JobRecord, _ attempt: OpenAttempt, _ exit: WorkerExit, _ report: RunEnd?, _ checkpoint: Int) -> Settlement {
        Settlement(
            .init(
                exit: exit, report: report, cancelling: job.cancelling, hasEnded: job.state.isFinal, stopping: isStopping, held: holdReason(of: attempt, job), recovering: !attempt.wasSeen, restarts: job.restarts,
                restartMark: job.restartMark, newestCheckpoint: checkpoint,
                logReason: WorkerLog(path: attempt.work.folder.log, start: attempt.logStart).reason, mostRestarts: settings.mostRestarts))
    }

    /// Why the attempt ended, in the run's own words if there are any.
    private static func reason(_ exit: WorkerExit, _ report: RunEnd?, _ settlement: Settlement) -> String {
        switch settlement {
        case .finish(_, let message) where !message.isEmpty: message
        case .requeue(_, _, let reason), .requeueLater(let reason): reason
        case .adopt: "another worker holds the run"
        case .unchanged: "the job had ended before"
        case .finish: exit == .unknown ? report?.outcome.rawValue ?? "" : "the worker \(exit)"
        }
    }

    private func carryOut(_ settlement: Settlement, _ job: JobRecord, _ writer: CatalogWriter, at time: Double) throws -> [VerificationRecord] {
        func requeue(_ restarts: Int, _ mark: Int, _ reason: String) throws {
            try writer.requeue(job.reference, restarts: restarts, mark: mark, at: time, reason: reason)
        }
        switch settlement {
        case .finish(let outcome, let message): return try finish(job, as: outcome, message: message, writer, at: time)
        case .requeue(let restarts, let mark, let reason): try requeue(restarts, mark, reason)
        case .requeueLater(let reason): try requeue(job.restarts, job.restartMark, reason)
        // The next attempt adopts the existing worker.
        case .adopt: try requeue(job.restarts, job.restartMark, "another worker holds it")
        case .unchanged: break
        }
        return []
    }

    /// - Returns: the comparisons that a run takes part in; none for an evaluation.
    func finish(_ job: JobRecord, as outcome: RunOutcome, message: String, _ writer: CatalogWriter, at time: Double) throws -> [VerificationRecord] {
        switch job {
        case .training(let run): return try finish(run, as: outcome, message: message, writer, at: time)
        case .evaluation(let evaluation):
            try writer.finish(evaluation: evaluation.number, as: outcome, message: message, at: time)
            return []
        }
    }

    /// - Returns: the comparisons that involve the run.
    func finish(_ run: RunRecord, as outcome: RunOutcome, message: String, _ writer: CatalogWriter, at time: Double, by actor: String? = nil) throws -> [VerificationRecord] {
        try writer.finish(run: run.number, as: outcome, message: message, at: time, by: actor)
        if let study = run.study, try !writer.reader.hasUnfinishedRuns(study: study) { try writer.setFinished(study: study, at: time) }
        return try concludeVerifications(concerning: run, writer)
    }

    // MARK: - After it

    func conclude(_ report: Report, _ result: Result<Advance, any Error>) {
        guard let current = open[report.attempt.id], current.name == report.attempt.name else { return }
        switch result {
        case .failure(let error): tellProblem(error, of: current.id)
        case .success(let advance):
            for changes in advance.changes { self.report(changes, of: advance.job) }
            guard let settlement = advance.settlement else {
                open[current.id]?.record = advance.attempt.record
                open[current.id]?.tail = advance.attempt.tail
                open[current.id]?.problem = nil
                if advance.hasChanged {
                    if advance.attempt.hasBegun { obstacle = nil }
                    tell(job: current.id)
                }
                return
            }
            close(current, settlement)
            if case .training(let run) = advance.job { tell(advance.comparisons, of: run) }
        }
    }

    private func close(_ attempt: OpenAttempt, _ settlement: Settlement) {
        open[attempt.id] = nil
        if let job = attempt.job { executor(named: attempt.record.executor)?.release([job]) }
        if case .requeueLater(let reason) = settlement {
            holdUntil = uptime + (attempt.refusal == nil ? 30 : Workbench.pauseAfterRefusal)
            if attempt.refusal == nil { obstacle = reason }
        }
        (mayStart, areProofsDue) = (true, true)
        wakeUp.ring()
        if let refusal = attempt.refusal { logger.error("\(attempt.title) cannot be started: \(refusal)") }
        logger.info("\(attempt.title): its attempt \(attempt.record.number) \(attempt.refusal == nil ? "\(attempt.exit)" : "was refused"): \(settlement)")
        tell(job: attempt.id)
    }

    func tell(_ comparisons: [VerificationRecord], of run: RunRecord) {
        for comparison in comparisons {
            logger.info("run \(comparison.rerun) against \(comparison.original): \(comparison.state.rawValue)")
            tell(run: comparison.original == run.id ? comparison.rerun : comparison.original)
        }
    }

    private func tellProblem(_ error: any Error, of id: String) {
        note(obstacle: error)
        let sentence = ErrorSentence.of(error)
        if open[id]?.problem != sentence { logger.error("\(open[id]?.title ?? id): its events cannot be taken in: \(sentence)") }
        open[id]?.problem = sentence
    }

    private func report(_ changes: IngestedChanges, of job: JobRecord) {
        for contradiction in changes.contradictions { logger.error("\(job.title): not the same bits: \(contradiction)") }
        if changes.unknown > 0 { logger.notice("\(job.title): \(changes.unknown) events of a kind that this program does not know are skipped") }
        if changes.damaged > 0 { logger.error("\(job.title): \(changes.damaged) lines of its events are damaged") }
        tell(changes, of: job)
    }
}

extension OpenAttempt {
    /// How its worker ended, as far as known.
    var exit: WorkerExit {
        if case .ended(let exit)? = observed { exit } else { .unknown }
    }
}
