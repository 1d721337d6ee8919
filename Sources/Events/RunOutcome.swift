/// The outcome of a run.
///
/// All outcomes except `interrupted` are results of a study and count in every denominator.
public enum RunOutcome: String, Sendable, CaseIterable, Hashable {
    /// All steps are complete.
    case done
    /// All steps are complete, and the generator produces nearly the same image for all latents. The run keeps its scores.
    case collapsed
    /// A loss, a parameter, or a generated image became infinite or NaN.
    case diverged
    /// The run exceeded its time limit.
    case timedOut = "timed_out"
    /// The run could not continue: invalid specification, crash, out of memory.
    case failed
    /// A user cancelled the run.
    case cancelled
    /// The worker saved a checkpoint and stopped; another worker continues the run. An outcome of a worker, never of an ended run.
    case interrupted

    /// The outcomes of ended runs.
    public static let ofRuns = allCases.filter { $0 != .interrupted }

    /// The outcome in words, such as "timed out".
    public var words: String { self == .timedOut ? "timed out" : rawValue }
}
