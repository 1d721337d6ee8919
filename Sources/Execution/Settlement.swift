import Catalog
import Events
import Training

/// What happens to a run after its worker ended: the single mapping from reports, exit codes, and signals to states.
enum Settlement: Equatable {
    case finish(RunOutcome, message: String)
    /// The run continues from its newest checkpoint.
    case requeue(restarts: Int, mark: Int, reason: String)
    /// Like `requeue`, but after a delay: the machine lacks some resource.
    case requeueLater(reason: String)
    /// Another worker, unknown to us, holds the run and is adopted.
    case adopt
    /// The job had ended before its attempt did, and stays as it is.
    case unchanged

    struct Circumstances {
        var exit: WorkerExit
        var report: RunEnd?
        var cancelling = false
        /// The job has an outcome already: earlier releases could cancel a job and leave its attempt open.
        var hasEnded = false
        /// We told the worker to stop because the server stops.
        var stopping = false
        /// We told the worker to stop because the job is paused or goes back to the queue: what is said of it; nil if we did not.
        var held: String?
        /// The end was found at startup, not observed: a power loss or a killed server is not the run's fault.
        var recovering = false
        var restarts = 0
        var restartMark = -1
        var newestCheckpoint = -1
        /// Why the worker ended, according to its log.
        var logReason = ""
        /// Consecutive deaths without a new checkpoint before the run fails.
        var mostRestarts = 5
    }

    init(_ now: Circumstances) {
        if now.hasEnded {
            self = .unchanged
        } else if let put = Settlement.putBack(now) {
            self = put
        } else if let settled = Settlement.byReport(now) {
            self = settled
        } else if now.cancelling {
            self = .finish(.cancelled, message: "cancelled")
        } else {
            self = Settlement.byExit(now)
        }
    }

    /// What follows when the worker was told to stop because the job is held. A job that came to its end all the same has ended.
    private static func putBack(_ now: Circumstances) -> Settlement? {
        guard let held = now.held, !now.cancelling, now.report.map({ $0.outcome == .interrupted || $0.outcome == .cancelled }) ?? true else { return nil }
        switch now.exit {
        case .cancelledOutside, .evicted, .jobTimeLimit, .unknown, .code(WorkerExitCode.saved): return restart(now, because: held, counts: false)
        case .signal(let signal) where !isFault(signal): return restart(now, because: held, counts: false)
        default: return nil
        }
    }

    private static func byReport(_ now: Circumstances) -> Settlement? {
        guard let report = now.report else { return nil }
        switch report.outcome {
        case .done, .collapsed, .timedOut, .diverged: return .finish(report.outcome, message: report.message)
        case .failed: return .finish(.failed, message: report.message.isEmpty ? "failed" : report.message)
        // The server decides whether a run is cancelled, not its worker.
        case .interrupted, .cancelled: return now.cancelling ? nil : interruption(now)
        }
    }

    /// What follows when the worker saved and stopped.
    private static func interruption(_ now: Circumstances) -> Settlement {
        switch now.exit {
        case .cancelledOutside: byExit(now)
        case .evicted, .jobTimeLimit: restart(now, because: "the worker saved and \(now.exit)", counts: now.exit.isTimeLimit)
        // The report is of a worker before the one that ended: the executor put the job back into its queue, and could not start it again.
        case .code(let code) where code != WorkerExitCode.saved: restart(now, because: "the worker saved, and its job \(now.exit)", counts: !now.stopping)
        default: restart(now, because: "saved and stopped", counts: !now.stopping)
        }
    }

    private static func byExit(_ now: Circumstances) -> Settlement {
        let log = now.logReason.isEmpty ? "" : ": " + now.logReason
        switch now.exit {
        case .code(WorkerExitCode.saved): return restart(now, because: "saved and stopped", counts: !now.stopping)
        case .code(WorkerExitCode.held): return .adopt
        case .code(WorkerExitCode.cannotWrite):
            return .requeueLater(reason: "the worker could not access a file of the storage and will be retried" + log)
        case .code(WorkerExitCode.diverged): return .finish(.diverged, message: "diverged")
        case .code(WorkerExitCode.collapsed): return .finish(.collapsed, message: "collapsed")
        case .code(WorkerExitCode.timedOut): return .finish(.timedOut, message: "timed out")
        case .code(WorkerExitCode.badSpecification): return .finish(.failed, message: "the specification was refused" + log)
        case .code(0): return .finish(.failed, message: "the worker ended without a result" + log)
        case .code: return .finish(.failed, message: "the worker \(now.exit)" + log)
        case .signal(let signal) where isFault(signal):
            let what = isWantOfMemory(now.logReason) ? "the worker ran out of memory" : "the worker crashed"
            return .finish(.failed, message: "\(what) (signal \(signal))" + log)
        case .evicted: return restart(now, because: "the worker \(now.exit)", counts: false)
        case .jobTimeLimit: return restart(now, because: "the worker \(now.exit)", counts: true)
        case .cancelledOutside: return .finish(.cancelled, message: "the job \(now.exit)")
        case .rejected: return .finish(.failed, message: "the worker \(now.exit)" + log)
        case .signal, .outOfMemory, .unknown: return restart(now, because: "the worker \(now.exit)", counts: !now.stopping && !now.recovering)
        }
    }

    /// Signals that a process raises by its own fault: illegal instruction, trap, abort, bus and address error, arithmetic.
    /// They recur at the same place; every other signal came from outside.
    private static func isFault(_ signal: Int32) -> Bool {
        [4, 5, 6, 7, 8, 11].contains(signal)
    }

    /// What the Swift runtime and our own allocations report when the system refuses memory.
    private static func isWantOfMemory(_ reason: String) -> Bool {
        reason.contains("failed to allocate") || reason.contains("out of memory") || reason.contains("Could not allocate memory")
    }

    private static func restart(_ now: Circumstances, because reason: String, counts: Bool) -> Settlement {
        let place = now.newestCheckpoint < 0 ? "from its beginning" : "from step \(now.newestCheckpoint)"
        let hasProgressed = now.newestCheckpoint > now.restartMark
        let restarts = !counts ? (hasProgressed ? 0 : now.restarts) : (hasProgressed ? 1 : now.restarts + 1)
        guard restarts <= now.mostRestarts else {
            return .finish(
                .failed, message: "\(reason), \(restarts) times without progress; if resumed, it continues \(place)")
        }
        return .requeue(
            restarts: restarts, mark: max(now.newestCheckpoint, now.restartMark), reason: "\(reason); continues \(place)")
    }
}
