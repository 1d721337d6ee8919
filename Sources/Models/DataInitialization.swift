public import Graphs

/// Parameters that begin with values computed from data, such as the scale and bias of an ActNorm layer (Kingma and Dhariwal 2018, section 3.1): a plan that is replayed once.
///
/// It reads the examples that come next in the run's order of data and sees the parameters as they are after `step` steps; its random numbers are those of that step. A checkpoint is kept
/// right after it, so that a resumed run does not repeat it.
public struct DataInitialization: Sendable {
    /// Inputs: fields of the program, `examples` of each. Its updates are the new values.
    public let plan: Plan
    /// How many examples it reads.
    public let examples: Int
    /// After how many steps it comes; 0 for before the first.
    public let step: Int

    public init(plan: Plan, examples: Int, afterStep step: Int = 0) {
        self.plan = plan
        self.examples = examples
        self.step = step
    }
}
