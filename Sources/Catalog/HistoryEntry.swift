/// One state change of a run, with its reason.
public struct HistoryEntry: Sendable, Equatable {
    /// Unix seconds.
    public var time: Double
    /// The state after the change.
    public var state: RunState
    /// Why the state changed, in one sentence.
    public var reason: String

    /// Makes an entry.
    public init(time: Double, state: RunState, reason: String) {
        self.time = time
        self.state = state
        self.reason = reason
    }
}
