/// A study as the catalog knows it: a frozen plan. What its runs do is `StudyProgress`.
public struct StudyRecord: Sendable, Equatable {
    /// The first 12 digits of the plan's digest.
    public var id: String
    public var digest: String
    public var name: String
    /// The resolved plan, canonical JSON.
    public var plan: String
    public var created: Double
    public var finished: Double?
    public var cancelled: Bool

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
