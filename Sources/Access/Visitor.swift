public import Catalog

/// What lets a visitor in until it ends or is taken away. Secrets change while it lasts.
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
    /// How many changes to access there had been when it was looked up.
    var generation: Int
}

/// Who a request comes from, once that is known.
public struct Visitor: Sendable, Equatable, AuditActor {
    public var name: String
    /// Nil for nobody, and for whoever has only a share link.
    public var role: AccessToken.Role?
    /// Known by a cookie, which a browser sends on its own: changes need a look at their origin.
    public var isBrowser: Bool
    /// Where the request comes from, as far as trusted proxies say.
    public var address: String
    /// Whether the browser's own connection is encrypted.
    public var isSecure = false
    /// The member's id; nil for the command line on this machine.
    public var member: String?
    public var session: Session?
    public var share: Share?
    /// What let the visitor in.
    public var via = ""
    /// By what the visitor may come in, for as long as it holds; nil for this program itself.
    var grant: Grant?

    public init(name: String, role: AccessToken.Role?, isBrowser: Bool, address: String) {
        self.name = name
        self.role = role
        self.isBrowser = isBrowser
        self.address = address
    }

    static let nobody = Visitor(name: "nobody", role: nil, isBrowser: false, address: "")

    /// The visitor whose request is being answered.
    @TaskLocal public static var current = nobody
}
