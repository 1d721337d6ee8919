/// A signed-in browser. The secret of its cookie is rotated: a new secret is issued while the current one stays valid and replaces it when
/// the browser first presents it; the old one is then accepted for a short grace period only.
public struct MemberSession: Sendable, Equatable {
    /// A public identifier for pages and URLs.
    public var id: String
    /// The id of the member who signed in.
    public var member: String
    /// Hash of the current secret.
    public var hash: String
    /// Hash of a secret that was issued but not presented yet.
    public var next: String?
    /// When the next secret was issued, in Unix seconds; nil if there is none.
    public var nextIssued: Double?
    /// Hash of the secret before the current one.
    public var previous: String?
    /// When the current secret became current.
    public var rotated: Double
    /// When the member signed in, in Unix seconds.
    public var created: Double
    /// When the session expires, in Unix seconds.
    public var expires: Double
    /// When it was last used, in Unix seconds.
    public var lastUsed: Double
    /// The IP address of the sign-in.
    public var address: String
    /// The browser's User-Agent at the sign-in.
    public var agent: String

    /// Makes a new session.
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
