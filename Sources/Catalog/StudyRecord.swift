/// A study in the catalog: a frozen plan. `StudyProgress` holds the state of its runs.
public struct StudyRecord: Sendable, Equatable {
    /// The first 12 digits of the plan's digest.
    public var id: String
    /// SHA-256 of the plan's canonical JSON, lower-case hex.
    public var digest: String
    /// The name given in the plan.
    public var name: String
    /// The resolved plan, canonical JSON.
    public var plan: String
    /// When it was submitted, in Unix seconds.
    public var created: Double
    /// When its last run ended, in Unix seconds; nil while one is queued or running.
    public var finished: Double?
    /// Whether it was cancelled.
    public var cancelled: Bool

    /// Makes a record from its columns.
    public init(
        id: String, digest: String, name: String, plan: String, created: Double, finished: Double? = nil, cancelled: Bool = false
    ) {
        self.id = id
        self.digest = digest
        self.name = name
        self.plan = plan
        self.created = created
        self.finished = finished
        self.cancelled = cancelled
    }
}
