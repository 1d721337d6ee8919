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
        case .done: 0
        case .diverged: 42
        case .collapsed: 43
        case .timedOut: 44
        case .interrupted: 75
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
