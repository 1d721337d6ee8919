import Catalog
import Training

/// An unfinished attempt in the reconciler. Only `record` is stored; everything else is queried again after a kill.
struct OpenAttempt {
    /// The public ID of the run or evaluation.
    let id: String
    /// "run 3f9c2a71b04d-1", for messages.
    let title: String
    /// The study whose training it is part of; nil for an evaluation, which a study's cancellation leaves alone.
    let study: String?
    /// As stored.
    var record: AttemptRecord
    /// What its worker is to do.
    let work: WorkerJob
    /// Nil until the executor has accepted it or reported its job.
    var job: SubmittedJob?
    /// The executor's last report.
    var observed: JobState?
    /// Why the executor rejected it.
    var refusal: String?
    /// Whether the job was ever reported as running.
    var hasBegun = false
    /// Whether this server submitted it or saw it alive: for any other, the end was found afterwards, not observed.
    var wasSeen = false
    /// The length of the run's log when the worker was started.
    var logStart: UInt64
    var tail: EventTail
    /// What the rules of the queue need to know of it.
    var entry: QueueEntry
    /// Whether the job is to be cancelled; true also where it had ended already, and only its attempt was left open.
    var isCancelling: Bool
    /// Whether its worker is to save and end because the job is paused, goes back to the queue, or its hours are over.
    var isHeld = false
    /// When (in `uptime`) its worker was told to stop.
    var stopAsked: Double?
    /// The last problem with its files, so that it is logged once.
    var problem: String?

    /// - Parameter logStart: see above; 0 for an attempt of an earlier server.
    init(of subject: JobRecord, record: AttemptRecord, work: WorkerJob, logStart: UInt64 = 0) {
        (id, title) = (subject.id, subject.title)
        study = if case .training(let run) = subject { run.study } else { nil }
        entry = QueueEntry(subject)
        self.record = record
        self.work = work
        self.logStart = logStart
        tail = EventTail(folder: work.folder, offset: subject.eventsOffset)
        isCancelling = subject.cancelling || subject.state.isFinal
        job = record.job.map { SubmittedJob(id: $0, attempt: AttemptName(job: subject.id, number: record.number), folder: work.folder.path) }
        hasBegun = record.started != nil
    }

    var name: AttemptName { AttemptName(job: id, number: record.number) }
    var attempt: Attempt { Attempt(name: name, job: work) }
    var isOver: Bool { refusal != nil || observed?.isOver == true }

    mutating func observe(_ state: JobState) {
        switch state {
        case .running:
            hasBegun = true
            wasSeen = true
        case .pending: wasSeen = true
        case .ended, .gone: break
        }
        observed = state
    }
}
