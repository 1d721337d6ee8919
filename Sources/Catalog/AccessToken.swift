/// A secret that lets somebody in, known to the catalog only by its SHA-256.
public struct AccessToken: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// Printed at a start; becomes a session and is then spent.
        case link
        /// A browser's cookie.
        case session
        /// A script's bearer token.
        case bearer
    }

    public enum Role: String, Sendable, Comparable, CaseIterable {
        case viewer, editor, owner

        private var rank: Int { self == .viewer ? 0 : self == .editor ? 1 : 2 }
        public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
    }

    public var hash: String
    public var kind: Kind
    public var name: String
    public var role: Role
    public var created: Double
    public var expires: Double?
    public var lastUsed: Double?
    public var revoked: Double?

    public init(
        hash: String, kind: Kind, name: String, role: Role, created: Double, expires: Double? = nil, lastUsed: Double? = nil,
        revoked: Double? = nil
    ) {
        self.hash = hash
        self.kind = kind
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
