import Access
import Catalog
import HTTPServer
import HTTPTypes

/// Whom a route lets in. Each route says it where it is added; there is no default.
struct Admission: Sendable, Hashable {
    enum Level: Sendable, Hashable {
        /// Everybody whom the front door lets through, of whatever role; not those who came by a share link.
        case anyone
        /// A member with at least this role, or a token that allows as much.
        case role(AccessToken.Role)
        /// A member in a browser: what concerns the member's own ways in. A token cannot make tokens.
        case account
        /// Whoever came by a share link, and nobody else.
        case guest
    }

    /// What a route shows, seen from a share link.
    enum Part: String, Sendable, Hashable {
        case nothing
        /// What is the same for every thing: the models, the program's version.
        case surroundings
        /// The run, study or archive that the route's path names.
        case run, study, archive
        /// The run or study that the query names.
        case events
        /// The runs of a comparison, put side by side.
        case comparison
    }

    var level: Level
    var part = Part.nothing

    static let anyone = Admission(level: .anyone)
    static let viewer = Admission(level: .role(.viewer))
    static let editor = Admission(level: .role(.editor))
    static let owner = Admission(level: .role(.owner))
    static let account = Admission(level: .account)
    static let guest = Admission(level: .guest, part: .surroundings)
    /// Whoever came by the link to a comparison, and nobody else.
    static let comparisonGuest = Admission(level: .guest, part: .comparison)

    /// The same, and open to share links to this part.
    func orShare(_ part: Part) -> Admission { Admission(level: level, part: part) }

    /// The word that the document of the API uses.
    var name: String {
        switch level {
        case .anyone: "anyone"
        case .role(let role): role.rawValue
        case .account: "account"
        case .guest: "guest"
        }
    }

    /// Checks a visitor who did not come by a share link.
    /// - Errors: 403 for a visitor who may not come in.
    func check(_ visitor: Visitor) throws(ServerError) {
        switch level {
        case .anyone: return
        case .role(let role):
            if let own = visitor.role, own >= role { return }
            let what = visitor.role.map { "you are a\($0 == .viewer ? "" : "n") \($0.rawValue)" } ?? "you are nobody here"
            throw ServerError(.forbidden, code: "forbidden", "This needs the role \(role.rawValue), and \(what).")
        case .account:
            if visitor.member != nil, visitor.isBrowser { return }
            throw ServerError(
                .forbidden, code: "needs-session", "This is a member's own affair: it needs a browser that is signed in, not a token.")
        case .guest:
            throw ServerError(.forbidden, code: "needs-share", "This is for those who came by a share link.")
        }
    }
}
