import Archives
import Canonical
import Catalog
import Datasets
import Logging
import Storage
import Training

/// The reconciler: repeatedly compares the desired attempts with the observed jobs and makes them agree.
///
/// A pass queries the executor, stores every change of all runs in one transaction, and then acts on what is stored. Nothing depends on an
/// event that could be missed: what a pass cannot complete, because of a full disk or an unresponsive executor, the next one finds again.
extension Workbench {
    /// One pass, after those that were requested before.
    /// - Errors: those of the catalog; no observation is lost.
    func reconcile() async throws {
        let previous = lastPass
        let pass = Task {
            _ = await previous?.result
            try await self.pass()
        }
        lastPass = pass
        try await pass.value
    }

    /// Like `reconcile`, logging a problem once.
    func reconcileReporting() async {
        do { try await reconcile() } catch { logger.debug("\(error)") }
    }

    private func pass() async throws {
        guard stage == .working || stage == .stopping else { return }
        let toldBefore = passProblem
        if isStopping || uptime >= storeAfter { passProblem = nil }
        if holdUntil > 0, uptime > holdUntil {
            holdUntil = 0
            mayStart = true
        }
        noteHours()
        await observe()
        guard stage != .gone else { return }
        removeLeftovers()
        // A failure to store must not keep workers from being told to stop.
        let stored = Result { try storeChanges() }
        if case .failure(let error) = stored { notePassProblem(error, "the catalog cannot be changed now, and this is tried again") }
        if case .success(let begun) = stored { await submit(begun) }
        guard stage != .gone else { return }
        await cancelUnwanted()
        noteStanding()
        advanceProofs()
        advanceUpdates()
        emptyTrash()
        tellStudies()
        if let passProblem, passProblem != toldBefore { logger.error("\(passProblem)") }
        _ = try stored.get()
    }

    /// Removes what killed workers left of archives, once: as soon as no worker of any executor is at work, which may be writing one. Not beside other jobs'
    /// workers, of which a command without a server does not know.
    private func removeLeftovers() {
        guard !isTidy, !settings.isFocused, open.values.allSatisfy(\.isOver) else { return }
        isTidy = true
        do {
            try ArchiveStore(root: storage.archives).removeLeftovers()
        } catch {
            logger.notice("files that killed workers left in \(storage.archives) cannot be removed: \(ErrorSentence.of(error))")
        }
    }

    // MARK: - Observing

    private func observe() async {
        noteLeftAttempts()
        for executor in executors {
            await findUncertain(executor)
            await askStates(executor)
            if passProblem == nil { passProblem = executorProblems[executor.name] }
        }
    }

    /// Attempts of an executor that this server was started without stay open: nobody here can tell whether their jobs run.
    private func noteLeftAttempts() {
        guard let left = open.values.first(where: { executor(named: $0.record.executor) == nil }) else { return }
        passProblem = passProblem ?? """
            \(left.title) has a job of the executor \(left.record.executor), which this server was started without; \
            start it with --executor \(left.record.executor) to continue or cancel the run
            """
    }

    private func attempts(of executor: any RunExecutor) -> [OpenAttempt] {
        open.values.filter { !$0.isOver && $0.record.executor == executor.name }.sorted { $0.id < $1.id }
    }

    private func askStates(_ executor: any RunExecutor) async {
        let now = uptime
        guard pollsDue.contains(executor.name) || now >= nextPolls[executor.name, default: 0] else { return }
        pollsDue.remove(executor.name)
        nextPolls[executor.name] = now + executor.pollInterval / .seconds(1)
        let jobs = attempts(of: executor).compactMap(\.job)
        guard !jobs.isEmpty else { return }
        do {
            for (name, state) in try await executor.states(of: jobs) { change(name) { $0.observe(state) } }
            executorProblems[executor.name] = nil
        } catch {
            let what = "the executor \(executor.name) does not tell the states of its jobs, and is asked again"
            notePassProblem(error, what)
            executorProblems[executor.name] = "\(what): \(ErrorSentence.of(error))"
        }
    }

    /// Finds the jobs of attempts whose job is unknown. An attempt without one was never submitted, or its job is over.
    private func findUncertain(_ executor: any RunExecutor) async {
        let attempts = attempts(of: executor).filter { $0.job == nil }.map(\.attempt)
        guard !attempts.isEmpty else { return }
        do {
            let found = try await executor.find(attempts)
            for attempt in attempts {
                change(attempt.name) { open in
                    open.job = found[attempt.name]
                    if open.job == nil { open.observe(.gone) }
                }
            }
            pollsDue.insert(executor.name)
        } catch {
            notePassProblem(error, "the executor \(executor.name) does not tell which jobs it has, and is asked again")
        }
    }

    /// Updates an attempt that is still open: others may have ended during the query.
    private func change(_ name: AttemptName, _ body: (inout OpenAttempt) -> Void) {
        guard var attempt = open[name.job], attempt.name == name else { return }
        body(&attempt)
        open[name.job] = attempt
    }

    /// A problem that does not stop the pass; logged at its end, unless the last pass had it too.
    func notePassProblem(_ error: any Error, _ what: String) {
        passProblem = passProblem ?? "\(what): \(ErrorSentence.of(error))"
        note(obstacle: error)
    }

    // MARK: - Storing

    /// Stores every change in one transaction: new lines of workers, states of attempts, ends of runs, and the attempts that start now.
    /// - Returns: those that start, stored but not yet submitted.
    private func storeChanges() throws -> [OpenAttempt] {
        guard isStopping || uptime >= storeAfter else { return [] }
        let reports = open.values.sorted { $0.id < $1.id }.compactMap { report(on: $0) }
        let starts = try prepareStarts()
        guard !reports.isEmpty || !starts.begun.isEmpty || starts.heldBack != nil else { return [] }
        do {
            let time = now
            let results = try catalog.writeNow { writer -> [Result<Advance, any Error>] in
                let results = try reports.map { report in try writer.separately { try advance(report, $0, at: time) } }
                for attempt in starts.begun { try writer.put(attempt.record) }
                if let (job, problem) = starts.heldBack {
                    try writer.requeue(job.reference, restarts: job.restarts, mark: job.restartMark, at: time, reason: Workbench.refused(problem))
                }
                return results
            }
            storeAfter = 0
            for (report, result) in zip(reports, results) { conclude(report, result) }
            for attempt in starts.begun { open[attempt.id] = attempt }
            if let (job, _) = starts.heldBack { tell(job: job.id) }
            return starts.begun
        } catch {
            cannotStore(error)
            throw error
        }
    }

    private func cannotStore(_ error: any Error) {
        storeAfter = uptime + 1
        mayStart = true
        // A stop does not wait for disk space: the next start finds these attempts open without a job and settles them.
        if isStopping { open = open.filter { !$0.value.isOver } }
    }

    // MARK: - Starting

    private struct Starts {
        var begun: [OpenAttempt] = []
        /// A job whose folder could not be prepared, and why.
        var heldBack: (job: JobRecord, problem: String)?
    }

    /// The attempts that start now: their folders are prepared, and nothing is stored yet. The report of an earlier end is durably removed before the
    /// attempt is stored, so that a report found later belongs to it.
    private func prepareStarts() throws -> Starts {
        var starts = Starts()
        guard stage == .working, mayStart, uptime >= holdUntil else { return starts }
        mayStart = false
        for executor in executors where offeredExecutors.contains(executor.name) && starts.heldBack == nil { try prepareStarts(with: executor, &starts) }
        return starts
    }

    private func prepareStarts(with executor: any RunExecutor, _ starts: inout Starts) throws {
        let queued = try nextInQueue(of: executor, beside: starts.begun)
        let allotted = CoreAllotment(capacity: executor.capacity)
            .starts(queue: queued.map(\.requestedThreads), busy: open.values.filter { $0.record.executor == executor.name }.map(\.record.threads))
        for (job, start) in zip(queued, allotted) {
            do {
                starts.begun.append(try prepare(job, start, executor))
            } catch {
                logger.error("\(job.title) cannot be started: \(ErrorSentence.of(error))")
                note(obstacle: error)
                starts.heldBack = (job, ErrorSentence.of(error))
                holdUntil = uptime + Workbench.pauseAfterRefusal
                return
            }
        }
    }

    private func prepare(_ job: JobRecord, _ start: CoreAllotment.Start, _ executor: any RunExecutor) throws -> OpenAttempt {
        let work = work(of: job, threads: start.threads)
        switch job {
        case .training(let run): try work.folder.prepare(specification: run.specification)
        case .evaluation(let evaluation): try work.folder.prepare(evaluation: evaluation.request)
        }
        var record = try catalog.readNow {
            try $0.nextAttempt(at: job.reference, executor: executor.name, threads: start.threads, time: max(now, job.created))
        }
        if let asked = start.asked { record.reason = "\(asked) threads were asked for, and there are \(start.threads) cores: it has them all" }
        return OpenAttempt(of: job, record: record, work: work, logStart: WorkerLog.length(ofFile: work.folder.log))
    }

    func work(of job: JobRecord, threads: Int) -> WorkerJob {
        switch job {
        case .training(let run):
            WorkerJob(
                folder: storage.run(run.id), storage: storage, threads: threads, kernels: run.requestedKernels, timeLimit: settings.timeLimit,
                objective: run.objective, recomputesActivations: settings.recomputesActivations)
        case .evaluation(let evaluation): WorkerJob(folder: storage.evaluation(evaluation.id), storage: storage, threads: threads)
        }
    }

    /// As many queued runs and evaluations as there is room for at most: how many more there are makes no difference. Who starts one by a command without a
    /// server wants it to run now, whatever the rules of the queue say.
    private func nextInQueue(of executor: any RunExecutor, beside begun: [OpenAttempt]) throws -> [JobRecord] {
        let room = executor.capacity.jobs - open.values.count { $0.record.executor == executor.name }
        guard room > 0 else { return [] }
        let busy = Set(open.keys).union(begun.map(\.id))
        let chosen = settings.isFocused ? JSONValue.array(focus.sorted().map { .string($0) }).canonicalText : nil
        let asked = settings.isFocused ? nil : executor.name, isDefault = executor.name == offeredExecutors[0]
        var gate = QueueGate(settings.isFocused ? QueueRules() : rules, running: (Array(open.values) + begun).map(\.entry), at: now)
        return try catalog.readNow { reader in
            try gate.next(room) { known, studies, members in
                try reader.nextJobs(
                    limit: room, except: busy.union(known),
                    where: QueueFilter(among: chosen, executor: asked, isDefault: isDefault, withoutStudies: studies, withoutSubmitters: members))
            }
        }
    }

    // MARK: - Acting

    /// Submits what is stored. The next pass, which follows immediately, stores the outcomes.
    private func submit(_ begun: [OpenAttempt]) async {
        for executor in executors { await submit(begun.filter { $0.record.executor == executor.name }, to: executor) }
    }

    private func submit(_ begun: [OpenAttempt], to executor: any RunExecutor) async {
        guard !begun.isEmpty else { return }
        wakeUp.ring()
        do {
            let outcomes = try await executor.submit(begun.map(\.attempt))
            for attempt in begun {
                change(attempt.name) { open in
                    open.wasSeen = true
                    switch outcomes[attempt.name] {
                    case .accepted(let job, let state):
                        open.job = job
                        open.observe(state)
                        logger.info("\(attempt.title) is running: job \(job.id) of \(executor.name), \(attempt.record.threads) threads")
                    case .refused(let problem): open.refusal = problem
                    case nil: return
                    }
                }
            }
        } catch {
            holdUntil = uptime + Workbench.pauseAfterRefusal
            notePassProblem(error, "the executor \(executor.name) failed while it was given \(begun.count) jobs, and is asked which it took")
        }
    }

    /// Ends the jobs of cancelled runs, of those that are paused or go back to the queue, and, if the server is stopping, of all runs: gently first, and after the
    /// grace period by force.
    private func cancelUnwanted() async {
        for id in heldJobs() where open[id]?.isHeld == false { open[id]?.isHeld = true }
        for executor in executors {
            await cancelUnwanted(attempts(of: executor).filter { $0.job != nil && ($0.isCancelling || $0.isHeld || isStopping && executor.endsWithServer) }, executor)
        }
    }

    private func cancelUnwanted(_ unwanted: [OpenAttempt], _ executor: any RunExecutor) async {
        let time = uptime
        let fresh = unwanted.filter { $0.stopAsked == nil }
        let stuck = unwanted.filter { $0.stopAsked.map { time > $0 + settings.stopGrace } == true }
        for (attempts, how) in [(fresh, JobCancellation.afterSaving), (stuck, .atOnce)] where !attempts.isEmpty {
            do {
                try await executor.cancel(attempts.compactMap(\.job), how)
                for attempt in attempts { change(attempt.name) { $0.stopAsked = $0.stopAsked ?? time } }
            } catch {
                notePassProblem(error, "the executor \(executor.name) cannot end jobs now, and is asked again")
            }
        }
    }
}
