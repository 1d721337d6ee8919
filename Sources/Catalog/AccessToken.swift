/// A secret that lets somebody in, known to the catalog only by its SHA-256.
public struct AccessToken: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// Printed on this machine; becomes a session when it is opened, and is then spent.
        case link
        /// Sent to a member; becomes a session when its page is answered, and is then spent.
        case invitation
        /// A script's bearer token.
        case bearer
    }

    public enum Role: String, Sendable, Comparable, CaseIterable {
        case viewer, editor, owner

        private var rank: Int { self == .viewer ? 0 : self == .editor ? 1 : 2 }
        public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
    }

    public var hash: String
    /// What the token is called where its secret must not be: on the page, in addresses.
    public var id: String
    public var kind: Kind
    /// Whose it is; nil for the token of the command line on the server's own machine.
    public var member: String?
    public var name: String
    /// The most that it allows; its member's role may allow less.
    public var role: Role
    public var created: Double
    public var expires: Double?
    public var lastUsed: Double?
    public var revoked: Double?

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

    public func isValid(at time: Double) -> Bool {
        revoked == nil && (expires.map { time < $0 } ?? true)
    }
}
