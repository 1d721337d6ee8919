import Canonical
import Storage
public import Training

/// How a worker process ended.
public enum WorkerExit: Sendable, Equatable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    /// Killed from outside (signal 9) while the system was killing processes for lack of memory, so probably for that reason. `peak`: its peak
    /// resident memory in bytes.
    case outOfMemory(peak: Int)
    /// The executor took its machine away (preempted, drained, failed), with the executor's reason.
    case evicted(String)
    /// The time that the executor grants a job was over, or nearly over; with the executor's words.
    case jobTimeLimit(String)
    /// Somebody else ended the job in the executor, with the executor's reason.
    case cancelledOutside(String)
    /// The executor ended it for a reason that recurs, such as OUT_OF_MEMORY.
    case rejected(String)
    /// Not our child (a worker of a server that was killed), so its exit status is unknown.
    case unknown

    /// How it ended, as the end of a sentence about the worker.
    public var description: String {
        switch self {
        case .code(let code): "ended with exit code \(code)"
        case .signal(let signal): "was killed by signal \(signal)"
        case .outOfMemory(let peak):
            "was killed, probably for lack of memory: it used up to \(ByteCount.text(Int64(peak))) while the system was killing processes to free memory"
        case .evicted(let reason): "lost its machine (\(reason))"
        case .jobTimeLimit(let reason): "reached the time limit of its job (\(reason))"
        case .cancelledOutside(let reason): "was cancelled outside of Fidelio (\(reason))"
        case .rejected(let reason): "was ended by its executor (\(reason))"
        case .unknown: "is gone"
        }
    }
}

extension WorkerExit {
    var isTimeLimit: Bool { if case .jobTimeLimit = self { true } else { false } }
}

extension WorkerExitCode {
    /// Classifies an error for the server: an invalid specification is permanent; a full disk or missing permissions may be resolved.
    public static func of(_ error: any Error) -> Int32 {
        switch error {
        case TrainingError.busy, TrainingError.superseded: held
        case TrainingError.checkpointMismatch: failed
        case is FieldError, is JSONError, is TrainingError: badSpecification
        case _ where ObstacleToWriting.isMachines(error): cannotWrite
        default: failed
        }
    }
}
