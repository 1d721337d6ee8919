public import Events

/// Complete lines of a run's `events.ndjson` from a range of the file.
public struct EventBatch: Sendable {
    /// Byte offset of the first line. Must be where the last batch ended, or 0 to read the file from the beginning again.
    public var start: Int64
    /// Byte offset after the last line.
    public var end: Int64
    /// The events, in file order.
    public var events: [RunEvent]
    /// Complete lines that are not valid events, each with the reason.
    public var damaged: [EventError]

    /// Makes a batch.
    public init(start: Int64, end: Int64, events: [RunEvent], damaged: [EventError] = []) {
        self.start = start
        self.end = end
        self.events = events
        self.damaged = damaged
    }
}
