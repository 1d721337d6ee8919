/// What became of a run, in the words of the catalogue.
public enum RunOutcome: String, Sendable, CaseIterable {
    case queued, running, done, diverged, failed, cancelled

    /// Diverged and failed runs are results: they stand in a lane of their own and are counted in every denominator.
    var isFailure: Bool { self == .diverged || self == .failed }
}
