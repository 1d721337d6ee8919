/// How a run came to its end: a value of its own, which nobody has to read out of a message.
///
/// All but `interrupted` are results of a study and stay in every denominator.
public enum RunOutcome: String, Sendable, CaseIterable, Hashable {
    /// Every step is done.
    case done
    /// Every step is done, and the generator gives nearly one image. The run keeps its scores.
    case collapsed
    /// A loss, a parameter or a generated image was no longer finite.
    case diverged
    /// The time that the run may take was over.
    case timedOut = "timed_out"
    /// It could not go on: refused, crashed, out of memory.
    case failed
    /// Somebody cancelled it.
    case cancelled
    /// Its worker saved and stopped; the run goes on with another worker. An outcome of a worker, never of a run that has ended.
    case interrupted

    /// Those that a run can have that has ended.
    public static let ofRuns = allCases.filter { $0 != .interrupted }

    /// The outcome in words: "timed out".
    public var words: String { self == .timedOut ? "timed out" : rawValue }
}
