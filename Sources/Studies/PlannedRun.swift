/// One run of a plan.
public struct PlannedRun: Sendable, Hashable {
    /// Its place in the plan, from 0 on.
    public let index: Int
    public let model: String
    /// Which of the plan's settings of this model, from 0 (the default) on.
    public let setting: Int
    public let seed: Int
    public let specification: Specification
}
