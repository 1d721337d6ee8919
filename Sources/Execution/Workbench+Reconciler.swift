import Catalog
import Datasets
import Logging
import Storage
import Training

/// The reconciler: compares the attempts that should be with the jobs that are, and brings the two together, pass by pass.
///
/// A pass asks the executor, stores everything that changed for all runs in one transaction, and then acts on what is stored. Nothing depends on an
/// event that could be missed: what a pass does not get done, for a full disk or an executor that does not answer, the next one finds again.
extension Workbench {
    /// One pass, after those that were asked for before.
    /// - Errors: those of the catalog; nothing of what was observed is lost then.
    func reconcile() async throws {
        let previous = lastPass
        let pass = Task {
            _ = await previous?.result
            try await self.pass()
        }
        lastPass = pass
        try await pass.value
    }

    /// As `reconcile`, with a problem told once in the log.
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
        await observe()
        guard stage != .gone else { return }
        // What cannot be stored now keeps no worker from being told to stop.
        let stored = Result { try storeChanges() }
        if case .failure(let error) = stored { notePassProblem(error, "the catalog cannot be changed now, and this is tried again") }
        if case .success(let begun) = stored { await submit(begun) }
        guard stage != .gone else { return }
        await cancelUnwanted()
        tellStudies()
        if let passProblem, passProblem != toldBefore { logger.error("\(passProblem)") }
        _ = try stored.get()
    }

    // MARK: - Observing

    private func observe() async {
        await findUncertain()
        let now = uptime
        guard isPollDue || now >= nextPoll else { return }
        (isPollDue, nextPoll) = (false, now + executor.pollInterval / .seconds(1))
        let jobs = open.values.filter { !$0.isOver }.compactMap(\.job).sorted { $0.attempt.job < $1.attempt.job }
        guard !jobs.isEmpty else { return }
        do {
            for (name, state) in try await executor.states(of: jobs) { change(name) { $0.observe(state) } }
        } catch {
            notePassProblem(error, "the executor \(executor.name) does not tell the states of its jobs, and is asked again")
        }
    }

    /// Looks for the jobs of attempts whose job is not known. One that has none was never submitted, or its job is over.
    private func findUncertain() async {
        let attempts = open.values.filter { $0.job == nil && !$0.isOver }.map(\.attempt).sorted { $0.name.job < $1.name.job }
        guard !attempts.isEmpty else { return }
        do {
            let found = try await executor.find(attempts)
            for attempt in attempts {
                change(attempt.name) { open in
                    open.job = found[attempt.name]
                    if open.job == nil { open.observe(.gone) }
                }
            }
            isPollDue = true
        } catch {
            notePassProblem(error, "the executor \(executor.name) does not tell which jobs it has, and is asked again")
        }
    }

    /// Changes what is known of an attempt that is still open: others may have ended while the executor was asked.
    private func change(_ name: AttemptName, _ body: (inout OpenAttempt) -> Void) {
        guard var attempt = open[name.job], attempt.name == name else { return }
        body(&attempt)
        open[name.job] = attempt
    }

    /// A problem that the pass goes on with; told at its end, where the last pass did not have it.
    private func notePassProblem(_ error: any Error, _ what: String) {
        passProblem = passProblem ?? "\(what): \(ErrorSentence.of(error))"
        note(obstacle: error)
    }

    // MARK: - Storing

    /// Stores all that changed in one transaction: new lines of workers, states of attempts, ends of runs, and the attempts that begin now.
    /// - Returns: those that begin, which are stored and not yet submitted.
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
        // A stop does not wait for room on a disk: the next start finds these attempts open without a job, and settles them.
        if isStopping { open = open.filter { !$0.value.isOver } }
    }

    // MARK: - Starting

    private struct Starts {
        var begun: [OpenAttempt] = []
        /// A job whose folder could not be prepared, and why.
        var heldBack: (job: JobRecord, problem: String)?
    }

    /// The attempts that begin now: their folders are prepared, and nothing is stored yet. The report of an earlier end is gone for good before the
    /// attempt is stored, so that a report that is found later is its own.
    private func prepareStarts() throws -> Starts {
        var starts = Starts()
        guard stage == .working, mayStart, uptime >= holdUntil else { return starts }
        let queued = try nextInQueue()
        let allotted = CoreAllotment(capacity: executor.capacity)
            .starts(queue: queued.map(\.requestedThreads), busy: open.values.map(\.record.threads))
        mayStart = false
        for (job, start) in zip(queued, allotted) {
            do {
                starts.begun.append(try prepare(job, start))
            } catch {
                logger.error("\(job.title) cannot be started: \(ErrorSentence.of(error))")
                note(obstacle: error)
                starts.heldBack = (job, ErrorSentence.of(error))
                holdUntil = uptime + Workbench.pauseAfterRefusal
                break
            }
        }
        return starts
    }

    private func prepare(_ job: JobRecord, _ start: CoreAllotment.Start) throws -> OpenAttempt {
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
            WorkerJob(folder: storage.run(run.id), storage: storage, threads: threads, kernels: run.requestedKernels, timeLimit: settings.timeLimit)
        case .evaluation(let evaluation): WorkerJob(folder: storage.evaluation(evaluation.id), storage: storage, threads: threads)
        }
    }

    /// As many queued runs and evaluations as there is room for at most: how many more there are makes no difference.
    private func nextInQueue() throws -> [JobRecord] {
        let (room, busy) = (executor.capacity.jobs - open.count, Set(open.keys))
        guard room > 0 else { return [] }
        guard settings.isFocused else { return try catalog.readNow { try $0.nextJobs(limit: room, except: busy) } }
        return try catalog.readNow { reader in
            try focus.subtracting(busy).compactMap { try reader.job($0) }.filter { $0.state == .queued }
                .sorted { (-$0.priority, $0.reference.number) < (-$1.priority, $1.reference.number) }
        }
    }

    // MARK: - Acting

    /// Hands over what is stored. Outcomes are stored by the next pass, which follows at once.
    private func submit(_ begun: [OpenAttempt]) async {
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
                        logger.info("\(attempt.title) is at work: job \(job.id) of \(executor.name), \(attempt.record.threads) threads")
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

    /// Ends the jobs of cancelled runs and, where the server stops, all: gently first, after the grace at once.
    private func cancelUnwanted() async {
        let unwanted = open.values.filter { $0.job != nil && !$0.isOver && ($0.isCancelling || isStopping && executor.endsWithServer) }
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
