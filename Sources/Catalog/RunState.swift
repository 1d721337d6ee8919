/// Where a run stands. `queued` and `running` go on after a restart of the server; the others are final.
public enum RunState: String, Sendable, CaseIterable, Hashable {
    case queued, running, done, failed, diverged, cancelled

    public var isFinal: Bool { self != .queued && self != .running }
}
