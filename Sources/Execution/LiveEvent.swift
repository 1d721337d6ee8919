import Canonical

/// Something that those who watch should know.
public struct LiveEvent: Sendable, Equatable {
    /// Increases, also over restarts of the server.
    public var id: Int64
    /// "run", "metrics", "evaluation", "samples", "checkpoint", "study", "evaluation_job"; "hello" for one watcher alone; "reset" for one, or for all who watch a
    /// study of which many runs changed at once.
    public var name: String
    public var run: String?
    public var study: String?
    /// JSON on one line.
    public var data: String
}

/// Which events a watcher wants.
public struct LiveFilter: Sendable, Equatable {
    public var run: String?
    public var study: String?

    public init(run: String? = nil, study: String? = nil) {
        self.run = run
        self.study = study
    }

    /// Training metrics are many: only those who watch one run get them.
    func wants(_ event: LiveEvent) -> Bool {
        if event.name == "reset" { return study == nil || event.study == study }
        if let run { return event.run == run }
        if event.name == "metrics" { return false }
        if let study { return event.study == study }
        return true
    }
}
