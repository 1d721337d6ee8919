internal import Events

/// How a worker's time with a run ended. All but `interrupted` are outcomes of a study, and stay in its counts.
public enum TrainingOutcome: Sendable, Equatable {
    /// All steps are done.
    case done(finalDigest: String)
    /// All steps are done, and the generator gives nearly one image. The run keeps its scores.
    case collapsed(finalDigest: String, reason: String)
    /// A loss, a parameter or a generated image was no longer finite.
    case diverged(step: Int, reason: String)
    /// The time that the worker may take was over; it has saved.
    case timedOut(step: Int, reason: String)
    /// Somebody asked it to stop; it has saved.
    case interrupted(step: Int)

    /// The worker's exit code.
    public var exitCode: Int32 {
        switch self {
        case .done: 0
        case .diverged: 42
        case .collapsed: 43
        case .timedOut: 44
        case .interrupted: 75
        }
    }

    /// As the log and the report say it.
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
