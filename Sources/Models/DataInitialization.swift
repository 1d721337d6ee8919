public import Graphs

/// Data-dependent initialization of parameters, such as the scale and bias of an ActNorm layer (Kingma and Dhariwal 2018, section 3.1): a plan that runs once.
///
/// It reads the next examples in the run's data order, sees the parameters as they are after `step` steps, and uses the random numbers of that step. A checkpoint is kept
/// right after it, so a resumed run does not repeat it.
public struct DataInitialization: Sendable {
    /// Its inputs are fields of the program with `examples` examples; its updates are the new values.
    public let plan: Plan
    /// Number of examples that it reads.
    public let examples: Int
    /// Number of steps after which it runs; 0 for before the first.
    public let step: Int

    /// Creates an initialization.
    public init(plan: Plan, examples: Int, afterStep step: Int = 0) {
        self.plan = plan
        self.examples = examples
        self.step = step
    }
}
