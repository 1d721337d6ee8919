import Catalog
import Datasets
import Events
import Foundation
import Logging
import Training

extension Workbench {
    /// Takes up what an earlier process left: follows workers that are still alive, settles those that are gone.
    func recover() throws {
        for run in try catalog.readNow({ try $0.begunRuns() }) {
            if active[run.id] != nil || settings.isFocused && !focus.contains(run.id) { continue }
            if adopt(run) { continue }
            if run.state == .running { try settle(run, .unknown, recovering: true) }
        }
    }

    /// Follows a worker that an earlier server started, if there is one.
    func adopt(_ run: RunRecord) -> Bool {
        let generation = nextGeneration
        nextGeneration += 1
        let ended: @Sendable (WorkerExit) -> Void = { [weak self] exit in
            Task { await self?.workerEnded(run.id, generation: generation, exit) }
        }
        guard let worker = executor.adopt(storage.run(run.id), ended: ended) else { return false }
        logger.info("run \(run.id) is still at work: \(worker.description)")
        if run.state != .running {
            try? catalog.writeNow {
                try $0.start(run: run.number, threads: run.threads ?? 1, at: now, reason: "taken up again: \(worker.description)")
            }
        }
        activate(run, worker, generation: generation)
        if run.cancelling {
            active[run.id]?.stopAsked = uptime
            worker.stop()
        }
        return true
    }

    /// Turns new lines of a worker into rows. The place in the file moves only when the rows are committed.
    func follow(_ id: String) throws {
        guard var tail = active[id]?.tail else { return }
        for _ in 0..<16 {
            guard let batch = try tail.next() else { return }
            let run = try catalog.readNow { try $0.requiredRun(id) }
            let changes = try catalog.writeNow { try $0.ingest(batch, into: run, at: now) }
            active[id]?.tail = tail
            report(changes, of: run)
        }
    }

    /// Turns the new lines of all workers into rows in one transaction: the disk is waited for once, not once a worker.
    func followAll() {
        for _ in 0..<16 {
            let pieces = newLines()
            guard !pieces.isEmpty else { return }
            do {
                let time = now
                let taken = try catalog.writeNow { writer in
                    try pieces.map { piece in
                        let run = try writer.reader.requiredRun(piece.id)
                        return (run: run, changes: try writer.ingest(piece.batch, into: run, at: time))
                    }
                }
                for (piece, run) in zip(pieces, taken) {
                    active[piece.id]?.tail = piece.tail
                    active[piece.id]?.problem = nil
                    report(run.changes, of: run.run)
                }
            } catch {
                // One may stand in the way of the others: each for itself.
                for piece in pieces { followReporting(piece.id) }
                return
            }
        }
    }

    /// The next complete lines of each worker that wrote some; the places in their files have not moved yet.
    private func newLines() -> [(id: String, tail: EventTail, batch: EventBatch)] {
        active.keys.sorted().compactMap { id in
            guard var tail = active[id]?.tail else { return nil }
            do {
                guard let batch = try tail.next() else { return nil }
                return (id, tail, batch)
            } catch {
                tellProblem(error, of: id)
                return nil
            }
        }
    }

    /// As `follow`, with a problem told once in the log; the lines are tried again later.
    func followReporting(_ id: String) {
        do {
            try follow(id)
            active[id]?.problem = nil
        } catch {
            tellProblem(error, of: id)
        }
    }

    private func tellProblem(_ error: any Error, of id: String) {
        note(obstacle: error)
        let sentence = ErrorSentence.of(error)
        if active[id]?.problem != sentence { logger.error("run \(id): its events cannot be taken in: \(sentence)") }
        active[id]?.problem = sentence
    }

    private func report(_ changes: IngestedChanges, of run: RunRecord) {
        for contradiction in changes.contradictions { logger.error("run \(run.id): not the same bits: \(contradiction)") }
        if changes.damaged > 0 { logger.error("run \(run.id): \(changes.damaged) lines of its events are damaged") }
        if changes.unknown > 0 { logger.notice("run \(run.id): \(changes.unknown) events of a kind that this program does not know are skipped") }
        tell(changes, of: run)
    }

    /// A worker has ended: its last lines are read, and its run is settled. With the disk full this is tried until it works.
    func workerEnded(_ id: String, generation: Int, _ exit: WorkerExit) async {
        while let run = active[id], run.generation == generation {
            do {
                let offset = run.tail.offset
                try follow(id)
                if active[id]?.tail.offset != offset { continue }
                let record = try catalog.readNow { try $0.requiredRun(id) }
                active[id] = nil
                do {
                    try settle(record, exit, logStart: run.logStart)
                } catch {
                    active[id] = run
                    throw error
                }
            } catch {
                logger.error("run \(id) has ended, but this cannot be written down yet: \(ErrorSentence.of(error))")
                note(obstacle: error)
                // A stop does not wait for room on a disk: the next start finds the run at work without a worker, and settles it.
                if isStopping {
                    active[id] = nil
                    return
                }
                try? await Task.sleep(for: .seconds(2))
            }
        }
        startQueuedReporting()
    }

    /// Writes down what becomes of a run whose worker is gone.
    /// - Parameter logStart: where in the run's log the worker began.
    private func settle(_ run: RunRecord, _ exit: WorkerExit, logStart: UInt64 = 0, recovering: Bool = false) throws {
        if recovering { try readRest(of: run) }
        let folder = storage.run(run.id)
        let checkpoint = try catalog.readNow { try $0.checkpoints(ofRun: run.number).last?.step ?? -1 }
        let settlement = Settlement(
            .init(
                exit: exit, report: ExitRecord(path: folder.exit)?.end, cancelling: run.cancelling, stopping: isStopping,
                recovering: recovering, restarts: run.restarts, restartMark: run.restartMark, newestCheckpoint: checkpoint,
                logReason: WorkerLog(path: folder.log, start: logStart).reason, mostRestarts: settings.mostRestarts))
        switch settlement {
        case .finish(let outcome, let message): try finish(run, as: outcome, message: message)
        case .requeue(let restarts, let mark, let reason):
            try catalog.writeNow { try $0.requeue(run: run.number, restarts: restarts, mark: mark, at: now, reason: reason) }
        case .requeueLater(let reason):
            holdUntil = uptime + 30
            obstacle = reason
            try catalog.writeNow {
                try $0.requeue(run: run.number, restarts: run.restarts, mark: run.restartMark, at: now, reason: reason)
            }
        case .adopt:
            if !adopt(run) {
                try catalog.writeNow {
                    try $0.requeue(run: run.number, restarts: run.restarts, mark: run.restartMark, at: now, reason: "another worker held it")
                }
            }
        }
        logger.info("run \(run.id): its worker \(exit): \(settlement)")
        tell(run: run.id)
    }

    private func readRest(of run: RunRecord) throws {
        var tail = EventTail(path: storage.run(run.id).events, offset: run.eventsOffset)
        while let batch = try tail.next() {
            let current = try catalog.readNow { try $0.requiredRun(run.id) }
            let changes = try catalog.writeNow { try $0.ingest(batch, into: current, at: now) }
            report(changes, of: current)
        }
    }

    /// - Parameter noting: what else belongs to the transaction of the change.
    func finish(_ run: RunRecord, as outcome: RunOutcome, message: String, noting: (CatalogWriter) throws -> Void = { _ in }) throws {
        let comparisons = try catalog.writeNow { writer in
            try writer.finish(run: run.number, as: outcome, message: message, at: now)
            try noting(writer)
            if let study = run.study, try !writer.reader.hasUnfinishedRuns(study: study) { try writer.setFinished(study: study, at: now) }
            return try concludeVerifications(concerning: run, writer)
        }
        for comparison in comparisons {
            logger.info("run \(comparison.rerun) against \(comparison.original): \(comparison.state.rawValue)")
            tell(run: comparison.original == run.id ? comparison.rerun : comparison.original)
        }
    }
}
