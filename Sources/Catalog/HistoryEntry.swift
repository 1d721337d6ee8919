/// One change in the life of a run, with its reason.
public struct HistoryEntry: Sendable, Equatable {
    public var time: Double
    public var state: RunState
    public var reason: String

    public init(time: Double, state: RunState, reason: String) {
        self.time = time
        self.state = state
        self.reason = reason
    }
}
