public import Catalog

/// The credential that admits a visitor until it expires or is revoked. Its secret may rotate meanwhile.
struct Grant: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// By the hash of its secret.
        case token(String)
        /// By id.
        case session(String)
        /// By id.
        case share(String)
    }

    var kind: Kind
    /// The number of access changes at the time of the lookup.
    var generation: Int
}

/// The authenticated origin of a request.
public struct Visitor: Sendable, Equatable, AuditActor {
    /// The member's name, or a description of a visitor who is not a member.
    public var name: String
    /// Nil without authentication, and for visitors with only a share link.
    public var role: AccessToken.Role?
    /// Authenticated by a cookie, which a browser sends automatically: changes need an origin check.
    public var isBrowser: Bool
    /// The client address, as far as trusted proxies report it.
    public var address: String
    /// Whether the browser's own connection is encrypted.
    public var isSecure = false
    /// The member's id; nil for the command line on this machine.
    public var member: String?
    /// The session that authenticated the request; nil for another credential.
    public var session: MemberSession?
    /// The share link that admitted the visitor; nil for another credential.
    public var share: Share?
    /// The kind of credential, for the audit log.
    public var via = ""
    /// The credential, as long as it is valid; nil for this program itself.
    var grant: Grant?

    /// A visitor without a credential yet.
    public init(name: String, role: AccessToken.Role?, isBrowser: Bool, address: String) {
        self.name = name
        self.role = role
        self.isBrowser = isBrowser
        self.address = address
    }

    static let nobody = Visitor(name: "nobody", role: nil, isBrowser: false, address: "")

    /// The visitor whose request is being handled.
    @TaskLocal public static var current = nobody
}
