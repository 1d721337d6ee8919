import Catalog
import Datasets
import Logging
import Training

extension Workbench {
    /// Gives the queued runs to workers as far as there is room.
    func startQueued() throws {
        guard stage == .working, uptime >= holdUntil else { return }
        let queued = try nextInQueue()
        let count = schedule.starts(queued: queued.count, active: active.count)
        let threads = schedule.threads(queued: queued.count, active: active.count)
        for run in queued.prefix(count) {
            // A worker that the catalog does not know of may hold its folder: two never share a run.
            if adopt(run) { continue }
            guard start(run, threads: run.requestedThreads ?? threads) else { break }
        }
    }

    /// As many queued runs as there are workers at most: how many more there are makes no difference.
    private func nextInQueue() throws -> [RunRecord] {
        let (limit, busy) = (schedule.limit, Set(active.keys))
        guard settings.isFocused else { return try catalog.readNow { try $0.nextQueued(limit: limit, except: busy) } }
        return try catalog.readNow { reader in
            try focus.subtracting(busy).compactMap { try reader.run($0) }.filter { $0.state == .queued }
                .sorted { ($1.priority, $0.number) < ($0.priority, $1.number) }
        }
    }

    func startQueuedReporting() {
        do {
            try startQueued()
        } catch {
            logger.error("the queue cannot be read: \(ErrorSentence.of(error))")
            note(obstacle: error)
            holdUntil = uptime + 5
        }
    }

    /// Commits that the run is at work, then starts its worker: a server killed between the two finds a running run
    /// without a worker, and queues it again.
    /// - Returns: false when no worker can be started now; the run stays queued and says why.
    private func start(_ run: RunRecord, threads: Int) -> Bool {
        let job = WorkerJob(folder: storage.run(run.id), storage: storage, threads: threads, kernels: run.requestedKernels, timeLimit: settings.timeLimit)
        let generation = nextGeneration
        nextGeneration += 1
        do {
            try job.folder.prepare(specification: run.specification)
            try catalog.writeNow {
                try $0.start(run: run.number, threads: threads, at: now, reason: "a worker with \(threads) thread\(threads == 1 ? "" : "s")")
            }
            let logStart = WorkerLog.length(ofFile: job.folder.log)
            let worker = try executor.start(job) { [weak self] exit in
                Task { await self?.workerEnded(run.id, generation: generation, exit) }
            }
            logger.info("run \(run.id) is at work: \(worker.description), \(threads) threads")
            activate(run, worker, generation: generation, logStart: logStart)
            obstacle = nil
            return true
        } catch {
            note(obstacle: error)
            holdBack(run, because: ErrorSentence.of(error))
            return false
        }
    }

    func activate(_ run: RunRecord, _ worker: any WorkerProcess, generation: Int, logStart: UInt64 = 0) {
        active[run.id] = ActiveRun(
            id: run.id, number: run.number, study: run.study, worker: worker, generation: generation, logStart: logStart,
            tail: EventTail(path: storage.run(run.id).events, offset: run.eventsOffset))
        tell(run: run.id)
    }

    private func holdBack(_ run: RunRecord, because problem: String) {
        logger.error("run \(run.id) cannot be started: \(problem)")
        holdUntil = uptime + 5
        do {
            try catalog.writeNow {
                try $0.requeue(
                    run: run.number, restarts: run.restarts, mark: run.restartMark, at: now,
                    reason: "cannot be started, and will be tried again: \(problem)")
            }
        } catch {
            logger.error("run \(run.id): \(ErrorSentence.of(error))")
        }
        tell(run: run.id)
    }
}
