/// How many credentials were revoked when a member was removed.
public struct EndedAccess: Sendable, Equatable {
    /// Sessions that ended.
    public var sessions: Int
    /// Tokens that were revoked while valid.
    public var tokens: Int
    /// Share links of the member that were revoked while valid.
    public var shares: Int
}

/// A person with access to the server.
public struct Member: Sendable, Equatable {
    /// A random identifier that never changes.
    public var id: String
    /// Unique among the members who were not removed, ignoring the case of ASCII letters.
    public var name: String
    /// What the member may do.
    public var role: AccessToken.Role
    /// The salted password hash; nil without a password.
    public var password: String?
    /// Unix seconds.
    public var created: Double
    /// When the member first signed in, in Unix seconds; nil for an invited member who has not signed in yet.
    public var joined: Double?
    /// When the member was removed, in Unix seconds; nil for a current member.
    public var removed: Double?

    /// Makes a member from its columns.
    public init(
        id: String, name: String, role: AccessToken.Role, password: String? = nil, created: Double, joined: Double? = nil,
        removed: Double? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.password = password
        self.created = created
        self.joined = joined
        self.removed = removed
    }

    /// Whether the member can sign in without a link.
    public var isSetUp: Bool { joined != nil || password != nil }
}
