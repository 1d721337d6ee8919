public import Events

/// Where a run stands. `queued` and `running` go on after a restart of the server; the others are final.
public enum RunState: String, Sendable, CaseIterable, Hashable {
    case queued, running, done, failed, diverged, cancelled

    public var isFinal: Bool { self != .queued && self != .running }

    /// The state of a run that ended so; nil for an interruption, after which a run goes on.
    public init?(of outcome: RunOutcome) {
        switch outcome {
        // A collapsed run has done all its steps and keeps its scores; one that timed out has not.
        case .done, .collapsed: self = .done
        case .diverged: self = .diverged
        case .timedOut, .failed: self = .failed
        case .cancelled: self = .cancelled
        case .interrupted: return nil
        }
    }

    /// Whether a run in this state ran to the end of its specification, so that its results can be compared with those of another attempt. A
    /// collapsed run is done; divergence is a result, which comes again at the same step. A run that failed (its worker died, timed out or could
    /// not start) or was cancelled stopped somewhere: what it lacks says nothing.
    public var isComparable: Bool { self == .done || self == .diverged }
}
