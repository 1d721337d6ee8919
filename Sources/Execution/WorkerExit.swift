import Canonical
import Storage
import Training

/// How a worker process ended.
public enum WorkerExit: Sendable, Equatable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    /// Killed from outside (signal 9) while the system was killing processes for want of memory, so probably for that. `peak`: the most memory that
    /// it had at a time, in bytes.
    case outOfMemory(peak: Int)
    /// The executor took its machine away (preempted, drained, failed), with the executor's own word for it.
    case evicted(String)
    /// It was not our child (a worker of a server that was killed), so that nobody told us.
    case unknown

    public var description: String {
        switch self {
        case .code(let code): "ended with exit code \(code)"
        case .signal(let signal): "was killed by signal \(signal)"
        case .outOfMemory(let peak):
            "was killed, probably because memory ran out: it had taken \(ByteCount.text(Int64(peak))), and the system ended processes for want of memory"
        case .evicted(let reason): "lost its machine (\(reason))"
        case .unknown: "is gone"
        }
    }
}

/// The exit codes of `fidelio worker`.
public enum WorkerExitCode {
    public static let done: Int32 = 0
    public static let failed: Int32 = 1
    public static let diverged: Int32 = 42
    public static let collapsed: Int32 = 43
    public static let timedOut: Int32 = 44
    public static let badSpecification: Int32 = 64
    /// Another worker holds the run's lock.
    public static let held: Int32 = 69
    /// A file could not be written, as when the disk is full, or may not be used. What was saved before stays.
    public static let cannotWrite: Int32 = 74
    /// Stopped by SIGTERM, after saving.
    public static let saved: Int32 = 75

    /// What the server should make of an error: a bad specification never gets better, a full disk may, and so may rights.
    public static func of(_ error: any Error) -> Int32 {
        switch error {
        case TrainingError.busy: held
        case TrainingError.checkpointMismatch: failed
        case is FieldError, is JSONError, is TrainingError: badSpecification
        case _ where ObstacleToWriting.isMachines(error): cannotWrite
        default: failed
        }
    }
}
