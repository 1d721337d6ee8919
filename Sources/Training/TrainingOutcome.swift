internal import Events

/// How a worker's execution of a run ended. All outcomes except `interrupted` are results of a study and count in every denominator.
public enum TrainingOutcome: Sendable, Equatable {
    /// All steps are complete.
    case done(finalDigest: String)
    /// All steps are complete, and the generator produces nearly the same image for all latents. The run keeps its scores.
    case collapsed(finalDigest: String, reason: String)
    /// A loss, a parameter, or a generated image became infinite or NaN.
    case diverged(step: Int, reason: String)
    /// The time limit was reached; a checkpoint is stored.
    case timedOut(step: Int, reason: String)
    /// The worker was asked to stop; a checkpoint is stored.
    case interrupted(step: Int)

    /// The exit code of the worker process.
    public var exitCode: Int32 {
        switch self {
        case .done: WorkerExitCode.done
        case .diverged: WorkerExitCode.diverged
        case .collapsed: WorkerExitCode.collapsed
        case .timedOut: WorkerExitCode.timedOut
        case .interrupted: WorkerExitCode.saved
        }
    }

    /// The outcome as an event and exit record.
    var end: RunEnd {
        switch self {
        case .done(let digest): RunEnd(outcome: .done, finalDigest: digest)
        case .collapsed(let digest, let reason): RunEnd(outcome: .collapsed, message: reason, finalDigest: digest)
        case .diverged(let step, let reason): RunEnd(outcome: .diverged, message: reason, step: step)
        case .timedOut(let step, let reason): RunEnd(outcome: .timedOut, message: reason, step: step)
        case .interrupted(let step): RunEnd(outcome: .interrupted, step: step)
        }
    }
}

/// The exit codes of `fidelio worker`.
public enum WorkerExitCode {
    /// The run completed.
    public static let done: Int32 = 0
    /// The run failed with an error.
    public static let failed: Int32 = 1
    /// Training diverged: a loss or parameter is not finite.
    public static let diverged: Int32 = 42
    /// The run completed, but its images hardly differ.
    public static let collapsed: Int32 = 43
    /// The run exceeded its time limit.
    public static let timedOut: Int32 = 44
    /// The specification is invalid.
    public static let badSpecification: Int32 = 64
    /// Another worker holds the run's lock.
    public static let held: Int32 = 69
    /// A file could not be written, for example on a full disk, or is inaccessible. What was saved before remains.
    public static let cannotWrite: Int32 = 74
    /// Stopped by SIGTERM, after saving a checkpoint.
    public static let saved: Int32 = 75
}
