package import Catalog
import Synchronization

/// A change of the queue that a member asks for: what is given changes, everything else stays.
package struct QueueRequest: Sendable, Equatable {
    /// Whether it is paused.
    package var paused: Bool?
    /// What happens to running work when it is paused.
    package var running = QueueRule.RunningWork.finish
    /// The most jobs at a time; `.some(nil)` for no limit.
    package var limit: Int??
    /// The most jobs of each study at a time; for the whole queue.
    package var studyLimit: Int??
    /// The most jobs of each member at a time; for the whole queue.
    package var memberLimit: Int??
    /// When work may start; `.some(nil)` for always.
    package var window: QueueWindow??
    /// The priority of a run, or of all unfinished runs of a study.
    package var priority: Int?
    /// Where in the queue a run, or the queued runs of a study, are to be.
    package var place: Place?
    /// The executor that queued runs ask for; `.some(nil)` for the server's first.
    package var executor: String??
    /// Why; empty if nothing is said.
    package var reason = ""

    /// A place in the queue.
    package enum Place: Sendable, Equatable {
        case end(QueueEnd)
        /// Directly before a queued run.
        case before(String)
    }

    package init() {}

    /// Whether nothing would change.
    package var isEmpty: Bool {
        paused == nil && limit == nil && studyLimit == nil && memberLimit == nil && window == nil && priority == nil && place == nil && executor == nil
    }
}

extension QueueRule.Subject {
    var title: String { scope == .queue ? "the queue" : target.isEmpty ? "every \(scope.rawValue)" : "\(scope.rawValue) \(target)" }
}

extension Workbench {
    /// "because: WHY" for histories; nothing where no reason was given.
    static func because(_ reason: String) -> String { reason.isEmpty ? "" : ": \(reason)" }

    /// Changes what holds for the whole queue, for a study, or for a member.
    /// - Errors: `WorkbenchError.unknownStudy`, `.unknownMember`, `.unknownExecutor`
    package func change(_ subject: QueueRule.Subject, _ asked: QueueRequest, by visitor: (any AuditActor)? = nil) throws {
        guard !isStopping else { throw WorkbenchError.stopping }
        try check(executor: asked.executor ?? nil)
        let (old, time) = (rules, now)
        let changed = try catalog.writeNow { writer -> QueueRules in
            if subject.scope == .study, try writer.reader.study(subject.target) == nil { throw WorkbenchError.unknownStudy(subject.target) }
            if subject.scope == .member, try writer.reader.member(subject.target) == nil { throw WorkbenchError.unknownMember(subject.target) }
            var changed = old
            var words: [String] = []
            func set(_ subject: QueueRule.Subject, _ rule: QueueRule, _ what: String) throws {
                guard changed[subject] != rule else { return }
                changed[subject] = rule
                try writer.put(rule)
                words.append(what)
            }
            for (of, limit) in [(subject, asked.limit), (QueueRule.Subject.studies, asked.studyLimit), (QueueRule.Subject.members, asked.memberLimit)] {
                guard let limit else { continue }
                var rule = changed[of]
                rule.limit = limit
                try set(of, rule, "\(of.title) may have \(limit.map { $0 == 1 ? "1 job" : "\($0) jobs" } ?? "any number of jobs") at a time")
            }
            if let window = asked.window {
                var rule = changed[subject]
                rule.window = window
                try set(subject, rule, window.map { "\(subject.title) starts work from \($0.text)" } ?? "\(subject.title) starts work at all hours")
            }
            if let paused = asked.paused {
                var rule = changed[subject]
                rule.paused = paused ? asked.running : nil
                try set(subject, rule, "\(subject.title) was \(!paused ? "resumed" : asked.running == .save ? "paused, and running work saved" : "paused")")
            }
            if subject.scope == .study { words += try changeRuns(ofStudy: subject.target, asked, writer) }
            guard !words.isEmpty else { return changed }
            let sentence = words.joined(separator: "; ") + Workbench.because(asked.reason)
            try writer.record(QueueChange(time: time, actor: visitor?.name ?? HistoryEntry.server, subject: subject, change: sentence))
            try audit(visitor, "queue", subject.title, detail: sentence, writer)
            return changed
        }
        rules = changed
        try noteHolds { $0 == subject.target }
        if subject.scope == .study { tell(study: subject.target) }
        lookForWork()
    }

    private func changeRuns(ofStudy id: String, _ asked: QueueRequest, _ writer: CatalogWriter) throws -> [String] {
        var words: [String] = []
        if let priority = asked.priority {
            try writer.setPriority(priority, ofStudy: id)
            words.append("priority \(priority)")
        }
        switch asked.place {
        case .end(let end):
            try writer.move(study: id, to: end)
            words.append("moved to be \(end.rawValue) in the queue")
        case .before, nil: break
        }
        if let executor = asked.executor {
            try writer.setExecutor(executor, ofQueuedRunsOf: id)
            words.append("executor \(executor ?? offeredExecutors[0])")
            for attempt in open.values where attempt.study == id { try takeBack(attempt, from: executor, writer) }
        }
        return words
    }

    /// A job that waits in the queue of another executor than the one that it is to have comes back from there.
    private func takeBack(_ attempt: OpenAttempt, from executor: String?, _ writer: CatalogWriter) throws {
        guard case .training(let number) = attempt.record.subject, !attempt.hasBegun, attempt.record.executor != executor ?? offeredExecutors[0], attempt.entry.hold == nil else { return }
        try writer.setHold(.requeue, ofRun: number)
    }

    /// Takes over what now holds back the jobs of a study that an executor has.
    private func noteHolds(ofStudy isMeant: (String) -> Bool) throws {
        for attempt in open.values where attempt.study.map(isMeant) == true {
            open[attempt.id]?.entry.hold = try catalog.readNow { try $0.requiredJob(attempt.id).hold }
        }
    }

    /// Changes the priority, the place, or the executor of a run, pauses it, or resumes it. The worker of a run that is paused saves and ends.
    /// - Errors: `WorkbenchError.ended` for a run that has ended; `.notQueued` where the change needs a queued one
    package func change(run id: String, _ asked: QueueRequest, by visitor: (any AuditActor)? = nil) throws -> RunRecord {
        guard !isStopping else { throw WorkbenchError.stopping }
        try check(executor: asked.executor ?? nil)
        try takeUp { $0.id == id }
        let time = now
        let run = try catalog.writeNow { writer -> RunRecord in
            guard let run = try writer.reader.run(id) else { throw WorkbenchError.unknownRun(id) }
            guard !run.state.isFinal else { throw WorkbenchError.ended(id, state: run.state.rawValue) }
            guard run.state == .queued || asked.place == nil && asked.executor == nil else { throw WorkbenchError.notQueued(id, state: run.state.rawValue) }
            var words: [String] = []
            if let paused = asked.paused, paused != (run.hold == .pause) {
                try writer.setHold(paused ? .pause : nil, ofRun: run.number)
                words.append(paused ? "paused" : "resumed")
            }
            if let priority = asked.priority, priority != run.priority {
                try writer.setPriority(priority, ofRun: run.number)
                words.append("priority \(run.priority) changed to \(priority)")
            }
            if let place = asked.place { words.append(try move(run, to: place, writer)) }
            if let executor = asked.executor, executor != run.executor {
                try writer.setExecutor(executor, ofRun: run.number)
                if let attempt = open[id] { try takeBack(attempt, from: executor, writer) }
                words.append("executor \(executor ?? offeredExecutors[0])")
            }
            guard !words.isEmpty else { return run }
            let sentence = words.joined(separator: "; ") + Workbench.because(asked.reason)
            try writer.note(run: run.number, state: run.state, reason: sentence, at: time, by: visitor?.name)
            try audit(visitor, "queue", "run \(id)", detail: sentence, writer)
            return try writer.reader.requiredRun(id)
        }
        open[id]?.entry.hold = run.hold
        tell(run: id)
        lookForWork()
        return run
    }

    private func move(_ run: RunRecord, to place: QueueRequest.Place, _ writer: CatalogWriter) throws -> String {
        switch place {
        case .end(let end):
            try writer.move(run: run.number, to: end)
            return "moved to be \(end.rawValue) in the queue"
        case .before(let id):
            guard let other = try writer.reader.run(id) else { throw WorkbenchError.unknownRun(id) }
            guard other.state == .queued else { throw WorkbenchError.notQueued(id, state: other.state.rawValue) }
            if other.number != run.number { try writer.move(run: run.number, before: other.number) }
            return "moved before run \(id)"
        }
    }

    /// Puts a run back into the queue, to continue from its newest checkpoint at its place: a running one when its worker has saved, one that failed or was
    /// cancelled at once.
    /// - Errors: `WorkbenchError.alreadyQueued`; `.ended` for a run that is done
    package func requeue(run id: String, reason: String, by visitor: (any AuditActor)? = nil) throws -> RunRecord {
        guard let run = try catalog.readNow({ try $0.run(id) }) else { throw WorkbenchError.unknownRun(id) }
        if run.state.isFinal { return try resume(run: id, reason: reason, by: visitor) }
        guard run.state == .running else { throw WorkbenchError.alreadyQueued(id) }
        try takeUp { $0.id == id }
        try catalog.writeNow { writer in
            if run.hold == nil { try writer.setHold(.requeue, ofRun: run.number) }
            try writer.note(run: run.number, state: run.state, reason: "back to the queue" + Workbench.because(reason), at: now, by: visitor?.name)
            try audit(visitor, "requeue", "run \(id)", detail: reason, writer)
        }
        open[id]?.entry.hold = run.hold ?? .requeue
        tell(run: id)
        lookForWork()
        return try catalog.readNow { try $0.requiredRun(id) }
    }

    /// - Errors: `WorkbenchError.unknownExecutor`
    func check(executor: String?) throws {
        if let executor, !offeredExecutors.contains(executor) { throw WorkbenchError.unknownExecutor(executor, known: offeredExecutors) }
    }

    // MARK: - In each pass

    /// A change of what hours allow is a change of the queue that nobody tells.
    func noteHours() {
        guard rules.hasWindows else { return }
        let time = now
        let closed = rules.closedStudies(at: time).keys.sorted() + (rules.closure(of: .queue, at: time) == nil ? [] : [""])
        if closed != hoursSeen { mayStart = true }
        hoursSeen = closed
    }

    /// The jobs whose workers have to save and end now.
    func heldJobs() -> [String] {
        guard !settings.isFocused else { return open.values.filter { $0.entry.hold != nil && !focus.contains($0.id) }.map(\.id) }
        var stops: [String?: Bool] = [:]
        let time = now
        return open.values.filter { attempt in
            if attempt.entry.hold != nil { return true }
            let study = attempt.entry.study
            let isStopped = stops[study] ?? rules.stops(study: study, at: time)
            stops[study] = isStopped
            return isStopped
        }.map(\.id)
    }

    /// What is said of an attempt that ended because its job is held; nil if the job is not.
    func holdReason(of attempt: OpenAttempt, _ job: JobRecord) -> String? {
        guard !isStopping, attempt.isHeld || job.hold != nil else { return nil }
        return job.hold == .requeue ? "saved and put back into the queue" : "saved and paused"
    }

    /// Called when rules change, and after each pass.
    func noteStanding() {
        let standing = QueueStanding(
            rules: rules, running: open.values.map(\.entry),
            loads: executors.filter { offeredExecutors.contains($0.name) }.map { executor in
                QueueStanding.Load(name: executor.name, jobs: open.values.count { $0.record.executor == executor.name }, limit: executor.capacity.jobs)
            })
        queueStanding.withLock { $0 = standing }
    }

    /// What keeps each of these queued jobs from starting now. Returns at once, whatever the workbench is doing.
    package nonisolated func obstacles(of jobs: [JobRecord]) -> [String: QueueObstacle] {
        let standing = queueStanding.withLock { $0 }
        let gate = QueueGate(standing.rules, running: standing.running, at: settings.now())
        return jobs.reduce(into: [:]) { found, job in
            let asked = job.executor ?? offeredExecutors[0]
            found[job.id] = gate.obstacle(to: QueueEntry(job)) ?? (offeredExecutors.contains(asked) ? QueueObstacle.turn : QueueObstacle.noExecutor(asked))
        }
    }

    /// The rules of the queue. Returns at once.
    package nonisolated var queueRules: QueueRules { queueStanding.withLock { $0.rules } }

    /// The executors that runs can ask for: how many jobs each has, and may have. Returns at once.
    package nonisolated var executorLoads: [(name: String, busy: Int, limit: Int)] {
        let known = queueStanding.withLock { $0.loads }
        return known.map { (name: $0.name, busy: $0.jobs, limit: $0.limit) }
    }
}

/// The rules of the queue and what the executors have, at one moment.
struct QueueStanding: Sendable {
    /// The jobs that an executor has, and may have.
    struct Load: Sendable {
        var name: String
        var jobs: Int
        var limit: Int
    }

    var rules = QueueRules()
    var running: [QueueEntry] = []
    var loads: [Load] = []
}

extension QueueWindow {
    /// "20:00 to 07:00 (Europe/Berlin)".
    package var text: String { "\(QueueWindow.clock(opens)) to \(QueueWindow.clock(closes)) (\(timeZone))\(atClose == .save ? ", and running work is saved then" : "")" }

    /// "07:05" for a minute of the day.
    package static func clock(_ minute: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minute / 60)):\(two(minute % 60))"
    }
}
