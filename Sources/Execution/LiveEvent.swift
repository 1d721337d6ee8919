import Canonical

/// A change that live subscribers are notified of.
public struct LiveEvent: Sendable, Equatable {
    /// Increases, even across server restarts.
    public var id: Int64
    /// "run", "metrics", "evaluation", "samples", "checkpoint", "study", "evaluation_job"; "hello" to one subscriber; "reset" to one, or to all
    /// subscribers of a study of which many runs changed at once.
    public var name: String
    /// The run it concerns; nil for an event of a study.
    public var run: String?
    /// The study it concerns; nil for a run without one.
    public var study: String?
    /// JSON on a single line.
    public var data: String
}

/// The events that a subscriber receives.
public struct LiveFilter: Sendable, Equatable {
    /// Only events of this run; nil for all.
    public var run: String?
    /// Only events of this study; nil for all.
    public var study: String?

    /// Without arguments, every event except training metrics.
    public init(run: String? = nil, study: String? = nil) {
        self.run = run
        self.study = study
    }

    /// Training metrics are frequent, so only subscribers of a single run receive them.
    func wants(_ event: LiveEvent) -> Bool {
        if event.name == "reset" { return study == nil || event.study == study }
        if let run { return event.run == run }
        if event.name == "metrics" { return false }
        if let study { return event.study == study }
        return true
    }
}
