/// A secret that grants access. The catalog stores only its SHA-256 digest.
public struct AccessToken: Sendable, Equatable {
    /// How a token is used.
    public enum Kind: String, Sendable {
        /// Printed on the server's machine; opening it starts a session and revokes it.
        case link
        /// Sent to a member; submitting its page starts a session and revokes it.
        case invitation
        /// A script's bearer token.
        case bearer
    }

    /// What a member or token may do, from least to most.
    public enum Role: String, Sendable, Comparable, CaseIterable {
        case viewer, editor, owner

        private var rank: Int { self == .viewer ? 0 : self == .editor ? 1 : 2 }
        /// Orders roles by what they allow: viewer, editor, owner.
        public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
    }

    /// SHA-256 of the secret, lower-case hex.
    public var hash: String
    /// A public identifier for pages and URLs, where the secret must not appear.
    public var id: String
    /// How the token is used.
    public var kind: Kind
    /// The id of its member; nil for the token of the command line on the server's machine.
    public var member: String?
    /// The label that its member chose.
    public var name: String
    /// The highest role that the token grants; the member's own role may limit it further.
    public var role: Role
    /// Unix seconds.
    public var created: Double
    /// When it expires, in Unix seconds; nil if never.
    public var expires: Double?
    /// When it was last used, in Unix seconds; nil if never.
    public var lastUsed: Double?
    /// When it was revoked, in Unix seconds; nil while in force.
    public var revoked: Double?

    /// Makes a token from its columns.
    public init(
        hash: String, id: String, kind: Kind, member: String?, name: String, role: Role, created: Double, expires: Double? = nil,
        lastUsed: Double? = nil, revoked: Double? = nil
    ) {
        self.hash = hash
        self.id = id
        self.kind = kind
        self.member = member
        self.name = name
        self.role = role
        self.created = created
        self.expires = expires
        self.lastUsed = lastUsed
        self.revoked = revoked
    }

    /// Whether the token is neither revoked nor expired at `time` (Unix seconds).
    public func isValid(at time: Double) -> Bool {
        revoked == nil && (expires.map { time < $0 } ?? true)
    }
}
