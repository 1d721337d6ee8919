/// One run of a plan.
public struct PlannedRun: Sendable, Hashable {
    /// Its index in the plan, from 0.
    public let index: Int
    /// The model.
    public let model: String
    /// The number of its setting for this model, from 0 (the default).
    public let setting: Int
    /// The training seed.
    public let seed: Int
    /// The complete specification.
    public let specification: Specification
}
