/// How many ways in ended with a member.
public struct EndedAccess: Sendable, Equatable {
    public var sessions: Int
    public var tokens: Int
    /// Share links that the member made.
    public var shares: Int
}

/// Somebody who may come in.
public struct Member: Sendable, Equatable {
    public var id: String
    /// Unique among those who were not removed, without regard to the case of ASCII letters.
    public var name: String
    public var role: AccessToken.Role
    /// What is kept of a password; nil without one.
    public var password: String?
    public var created: Double
    /// When the member first signed in; nil for one who was invited and has not come yet.
    public var joined: Double?
    public var removed: Double?

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

    /// Whether anybody could sign in as this member without a link.
    public var isSetUp: Bool { joined != nil || password != nil }
}
