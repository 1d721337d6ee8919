public import Events

/// The state of a run. `queued` and `running` survive a restart of the server; the others are final.
public enum RunState: String, Sendable, CaseIterable, Hashable {
    case queued, running, done, failed, diverged, cancelled

    /// Whether the run has ended.
    public var isFinal: Bool { self != .queued && self != .running }

    /// The state after an outcome; nil for an interruption, after which a run continues.
    public init?(of outcome: RunOutcome) {
        switch outcome {
        // A collapsed run completed all its steps and keeps its scores; one that timed out did not.
        case .done, .collapsed: self = .done
        case .diverged: self = .diverged
        case .timedOut, .failed: self = .failed
        case .cancelled: self = .cancelled
        case .interrupted: return nil
        }
    }

    /// Whether a run in this state ran to the end of its specification, so that its results can be compared with those of another attempt. A
    /// collapsed run is done. Divergence is a result that repeats at the same step. A run that failed (its worker died, timed out, or could
    /// not start) or was cancelled stopped at an arbitrary step, so missing results mean nothing.
    public var isComparable: Bool { self == .done || self == .diverged }
}

/// One state change of a run, with its reason.
public struct HistoryEntry: Sendable, Equatable {
    /// Unix seconds.
    public var time: Double
    /// The state after the change.
    public var state: RunState
    /// Why the state changed, in one sentence.
    public var reason: String
    /// Who changed it: a member's name, "local" for the command line, `server` for the server itself; nil where earlier schemas did not record it.
    public var actor: String?
    /// What was changed: this run, or its study, its submitter's limits, or the whole queue.
    public var scope: Scope

    /// What a change concerns.
    public enum Scope: String, Sendable, CaseIterable, Hashable { case run, study, member, queue }

    /// The actor of changes that nobody asked for.
    public static let server = "server"

    /// Makes an entry.
    public init(time: Double, state: RunState, reason: String, actor: String? = HistoryEntry.server, scope: Scope = .run) {
        self.time = time
        self.state = state
        self.reason = reason
        self.actor = actor
        self.scope = scope
    }
}
