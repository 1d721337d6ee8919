/// Where a run stands. `queued` and `running` go on after a restart of the server; the others are final.
public enum RunState: String, Sendable, CaseIterable, Hashable {
    case queued, running, done, failed, diverged, cancelled

    public var isFinal: Bool { self != .queued && self != .running }

    /// Whether a run in this state ran to the end of its specification, so that its results can be compared with those of another attempt. A
    /// collapsed run is done; divergence is a result, which comes again at the same step. A run that failed (its worker died, timed out or could
    /// not start) or was cancelled stopped somewhere: what it lacks says nothing.
    public var isComparable: Bool { self == .done || self == .diverged }
}
