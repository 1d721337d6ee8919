/// How a worker's time with a run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// All steps are done.
    case done(finalDigest: String)
    /// A loss or a sample was no longer finite: an outcome of the study, not an error.
    case diverged(step: Int, reason: String)
    /// Somebody asked it to stop; it has saved.
    case interrupted(step: Int)

    /// The worker's exit code.
    public var exitCode: Int32 {
        switch self {
        case .done: 0
        case .diverged: 42
        case .interrupted: 75
        }
    }

    public var name: String {
        switch self {
        case .done: "done"
        case .diverged: "diverged"
        case .interrupted: "interrupted"
        }
    }
}
