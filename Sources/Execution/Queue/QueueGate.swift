import Catalog

/// What the rules of the queue need to know of a job.
struct QueueEntry: Sendable, Equatable {
    /// The public ID.
    var id: String
    /// The study whose run it trains or evaluates.
    var study: String?
    /// The id of the member who submitted it.
    var submitter: String?
    /// What holds it back.
    var hold: JobHold?

    init(id: String, study: String? = nil, submitter: String? = nil, hold: JobHold? = nil) {
        (self.id, self.study, self.submitter, self.hold) = (id, study, submitter, hold)
    }

    init(_ job: JobRecord) { self.init(id: job.id, study: job.study, submitter: job.submitter, hold: job.hold) }
}

/// The one rule of the queue: jobs start in the order of their places; a job that is held, or whose study or member has reached a limit, is passed over and keeps
/// its place.
///
/// A place is the time of submission, earlier by a week for each level of priority (`CatalogSchema.place`). So only a bounded number of jobs can come before
/// another one: those of earlier places. Nothing that is submitted later than a week for each level of difference overtakes it, whatever its priority, and a job that
/// is passed over waits for running jobs of its own study or member alone. The order depends on nothing but places, rules, and what is running.
///
/// ```swift
/// var gate = QueueGate(rules, running: running, at: time)
/// let starting = queue.filter { gate.admit($0) == nil }
/// ```
struct QueueGate {
    private let rules: QueueRules
    private let closedQueue: QueueObstacle?
    private let closedStudies: [String: QueueObstacle]
    private var jobs: Int
    private var byStudy: [String: Int] = [:]
    private var byMember: [String: Int] = [:]

    /// - Parameter running: every job that an executor has
    init(_ rules: QueueRules, running: [QueueEntry], at time: Double) {
        self.rules = rules
        jobs = 0
        closedQueue = rules.closure(of: .queue, at: time)
        closedStudies = rules.closedStudies(at: time)
        for job in running { count(job) }
    }

    private mutating func count(_ job: QueueEntry) {
        jobs += 1
        if let study = job.study { byStudy[study, default: 0] += 1 }
        if let member = job.submitter { byMember[member, default: 0] += 1 }
    }

    /// Why a queued job may not start now; nil if only its turn decides.
    func obstacle(to job: QueueEntry) -> QueueObstacle? {
        if job.hold == .pause { return .paused(.run) }
        if let study = job.study, let closure = closedStudies[study] { return closure }
        if let closed = obstacleOfAll { return closed }
        if let study = job.study, let most = rules.limit(ofStudy: study), byStudy[study, default: 0] >= most { return .limit(.study, most) }
        if let member = job.submitter, let most = rules.limit(ofMember: member), byMember[member, default: 0] >= most { return .limit(.member, most) }
        return nil
    }

    /// Why no job at all may start now.
    var obstacleOfAll: QueueObstacle? {
        if let closedQueue { return closedQueue }
        if let most = rules[.queue].limit, jobs >= most { return .limit(.queue, most) }
        return nil
    }

    /// Lets a job start if nothing keeps it from that, and counts it.
    mutating func admit(_ job: QueueEntry) -> QueueObstacle? {
        if let obstacle = obstacle(to: job) { return obstacle }
        count(job)
        return nil
    }

    /// The studies and members of which no job may start now, as far as that is known without the queue.
    var fullStudies: [String] {
        closedStudies.keys.sorted() + byStudy.keys.filter { study in closedStudies[study] == nil && rules.limit(ofStudy: study).map { byStudy[study, default: 0] >= $0 } == true }.sorted()
    }
    var fullMembers: [String] { byMember.keys.filter { member in rules.limit(ofMember: member).map { byMember[member, default: 0] >= $0 } == true }.sorted() }
}

extension QueueGate {
    /// The first jobs of a queue that may start, in its order.
    /// - Parameters:
    ///   - room: at most so many
    ///   - page: the first jobs of the queue, leaving out those that are known, and those of some studies and members
    mutating func next(_ room: Int, _ page: (_ known: Set<String>, _ studies: [String], _ members: [String]) throws -> [JobRecord]) rethrows -> [JobRecord] {
        var chosen: [JobRecord] = []
        var known: Set<String> = []
        while chosen.count < room, obstacleOfAll == nil {
            let jobs = try page(known, fullStudies, fullMembers)
            var isPassed = false
            for job in jobs where chosen.count < room {
                if admit(QueueEntry(job)) == nil {
                    chosen.append(job)
                    known.insert(job.id)
                } else {
                    isPassed = true
                }
            }
            // Whatever was passed over belongs to a study or member that is full now: the next page leaves it out. An empty limit is full at once.
            guard isPassed, !jobs.isEmpty else { break }
            if jobs.allSatisfy({ !known.contains($0.id) }) { break }
        }
        return chosen
    }
}
