public import Events

/// Complete lines of a run's `events.ndjson`, from one place in the file to another.
public struct EventBatch: Sendable {
    /// Where the first line begins; must be where the last batch ended, or 0 to read the file again from its beginning.
    public var start: Int64
    public var end: Int64
    public var events: [RunEvent]
    /// Complete lines that are no event, with the reason.
    public var damaged: [EventError]

    public init(start: Int64, end: Int64, events: [RunEvent], damaged: [EventError] = []) {
        self.start = start
        self.end = end
        self.events = events
        self.damaged = damaged
    }
}
