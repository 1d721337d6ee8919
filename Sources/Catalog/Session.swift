/// A browser that is signed in. Its cookie's secret changes now and then: a new one is issued beside the one in force, and takes its
/// place when the browser first shows it; from then on the old one is good for a short grace only.
public struct Session: Sendable, Equatable {
    public var id: String
    public var member: String
    /// Hash of the secret in force.
    public var hash: String
    /// Hash of a secret that was issued and not shown yet.
    public var next: String?
    public var nextIssued: Double?
    /// Hash of the secret before the one in force.
    public var previous: String?
    /// When the secret in force took its place.
    public var rotated: Double
    public var created: Double
    public var expires: Double
    public var lastUsed: Double
    public var address: String
    /// What the browser called itself when it signed in.
    public var agent: String

    public init(id: String, member: String, hash: String, created: Double, expires: Double, address: String, agent: String) {
        self.id = id
        self.member = member
        self.hash = hash
        self.rotated = created
        self.created = created
        self.expires = expires
        self.lastUsed = created
        self.address = address
        self.agent = agent
    }
}
