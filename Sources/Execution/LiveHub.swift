import Canonical
import Synchronization

/// Publishes live events to all subscribers and keeps the newest for those that reconnect.
///
/// A subscriber that is too slow, or that reconnects too late, receives "reset" and must fetch its state again.
public final class LiveHub: Sendable {
    private struct State {
        var nextID: Int64
        var kept: [LiveEvent] = []
        /// Of the data in `kept`.
        var keptBytes = 0
        var watchers: [Int: (filter: LiveFilter, stream: AsyncStream<LiveEvent>.Continuation)] = [:]
        var nextWatcher = 0
    }

    private let state: Mutex<State>
    private let capacity: Int
    private let watcherCapacity: Int

    /// - Parameter startedAt: Unix seconds; makes the ids of this start larger than those of every earlier one.
    public init(startedAt: Double, capacity: Int = 4096, watcherCapacity: Int = 1024) {
        self.state = Mutex(State(nextID: LiveHub.firstID(startedAt)))
        self.capacity = capacity
        self.watcherCapacity = watcherCapacity
    }

    /// Ids that a start may assign or a client may send: up to 2^53, which every JSON reader represents exactly.
    static let ids: ClosedRange<Int64> = 0...1 << 53

    /// The clock's milliseconds times 1000; half of the range is reserved for events, whatever the clock says.
    private static func firstID(_ startedAt: Double) -> Int64 {
        max(1, min(Int64(saturating: startedAt * 1000), ids.upperBound / 2000)) * 1000
    }

    /// The last id that a client reports; an id that was never assigned if the text is not one, so that the response is "reset".
    package static func id(reading text: String) -> Int64 { Int64(text, in: ids) ?? -1 }

    /// Sends an event to every subscriber whose filter matches. - Parameter data: JSON on a single line.
    /// - Parameter isVolatile: sent to those who listen now, and never again.
    public func publish(_ name: String, run: String? = nil, study: String? = nil, notebook: String? = nil, lab: String? = nil, isVolatile: Bool = false, data: String) {
        state.withLock { state in
            var event = LiveEvent(id: state.nextID, name: name, run: run, study: study, notebook: notebook, lab: lab, data: data)
            if isVolatile {
                event.id = state.nextID - 1
                event.isVolatile = true
            } else {
                state.nextID += 1
                state.kept.append(event)
                state.keptBytes += data.utf8.count
                if state.kept.count > 2 * capacity { LiveHub.drop(state.kept.count - capacity, &state) }
                if state.keptBytes > 2 * LiveHub.mostBytes { LiveHub.drop(LiveHub.excess(state), &state) }
            }
            for (key, watcher) in state.watchers where watcher.filter.wants(event) {
                if case .dropped = watcher.stream.yield(event) {
                    // The stream ends; a browser reconnects and receives what it missed.
                    watcher.stream.finish()
                    state.watchers[key] = nil
                }
            }
        }
    }

    /// Half of what the kept events may hold, in bytes: operations of notebooks carry texts.
    static let mostBytes = 32 << 20

    /// How many of the oldest events are above the limit of bytes.
    private static func excess(_ state: State) -> Int {
        var (bytes, count) = (state.keptBytes, 0)
        while bytes > mostBytes, count < state.kept.count - 1 {
            bytes -= state.kept[count].data.utf8.count
            count += 1
        }
        return count
    }

    private static func drop(_ count: Int, _ state: inout State) {
        state.keptBytes -= state.kept.prefix(count).reduce(0) { $0 + $1.data.utf8.count }
        state.kept.removeFirst(count)
    }

    /// Events from now on. A new subscriber first receives "hello", so that it has an id to reconnect with; a returning one receives
    /// what it missed since `lastID`, or "reset" if that is no longer buffered.
    public func watch(_ filter: LiveFilter, after lastID: Int64? = nil) -> AsyncStream<LiveEvent> {
        AsyncStream(bufferingPolicy: .bufferingOldest(2 * capacity + watcherCapacity)) { stream in
            state.withLock { state in
                for event in LiveHub.missed(state, after: lastID) where event.run == nil && event.study == nil && event.notebook == nil || filter.wants(event) {
                    stream.yield(event)
                }
                let key = state.nextWatcher
                state.nextWatcher += 1
                state.watchers[key] = (filter, stream)
                stream.onTermination = { [weak self] _ in
                    // Not inside the lock: this may be called while an event is being published.
                    Task { self?.forget(key) }
                }
            }
        }
    }

    /// Ends every stream, so that the server can stop.
    public func close() {
        let streams = state.withLock { state in
            defer { state.watchers = [:] }
            return state.watchers.values.map(\.stream)
        }
        for stream in streams { stream.finish() }
    }

    /// The id of the newest event; that before the first one at the start.
    public var lastID: Int64 { state.withLock { $0.nextID - 1 } }

    /// The number of open streams.
    public var watcherCount: Int { state.withLock { $0.watchers.count } }

    private func forget(_ key: Int) {
        state.withLock { $0.watchers[key] = nil }
    }

    private static func missed(_ state: State, after lastID: Int64?) -> [LiveEvent] {
        guard let lastID else { return [LiveEvent(id: state.nextID - 1, name: "hello", data: "{}")] }
        if lastID == state.nextID - 1 { return [] }
        // Nothing is added to a client's number: it may be any value.
        guard let first = state.kept.first, lastID >= first.id - 1, lastID < state.nextID else {
            return [LiveEvent(id: state.nextID - 1, name: "reset", data: "{}")]
        }
        return Array(state.kept.drop { $0.id <= lastID })
    }
}

/// A change that live subscribers are notified of.
public struct LiveEvent: Sendable, Equatable {
    /// Increases, even across server restarts.
    public var id: Int64
    /// "run", "metrics", "evaluation", "samples", "checkpoint", "study", "evaluation_job", "notebook", "outputs", "comments", "proof", "presence", "update", "lab"; "hello" to one subscriber; "reset" to
    /// one, or to all subscribers of a study of which many runs changed at once.
    public var name: String
    /// The run it concerns; nil for an event of a study.
    public var run: String?
    /// The study it concerns; nil for a run without one.
    public var study: String?
    /// The notebook it concerns; nil for an event of results.
    public var notebook: String?
    /// The lab it concerns; nil for all other events.
    public var lab: String?
    /// Whether it is for those alone who listen when it happens: it has no id of its own, and whoever reconnects does not get it.
    public var isVolatile = false
    /// JSON on a single line.
    public var data: String
}

/// The events that a subscriber receives.
public struct LiveFilter: Sendable, Equatable {
    /// Only events of this run; nil for all.
    public var run: String?
    /// Only events of this study; nil for all.
    public var study: String?
    /// This notebook's events, too. Those of other notebooks are never sent.
    public var notebook: String?
    /// This lab's events, too. Those of other labs are never sent.
    public var lab: String?

    /// Without arguments, every event except training metrics and those of notebooks.
    public init(run: String? = nil, study: String? = nil, notebook: String? = nil, lab: String? = nil) {
        self.run = run
        self.study = study
        self.notebook = notebook
        self.lab = lab
    }

    /// Training metrics are frequent, so only subscribers of a single run receive them.
    func wants(_ event: LiveEvent) -> Bool {
        if let lab = event.lab { return lab == self.lab }
        if let notebook = event.notebook { return notebook == self.notebook }
        if event.name == "reset" { return study == nil || event.study == study }
        if let run { return event.run == run }
        if event.name == "metrics" { return false }
        if let study { return event.study == study }
        return true
    }
}
