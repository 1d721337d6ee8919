import Access
import Catalog
import HTTPServer
import HTTPTypes

/// Whom a route lets in: the action that it takes, and on what kind of resource. Each route says it where it is added; there is no default.
struct Admission: Sendable, Hashable {
    /// Which resource a request is about: the whole server, or a part that share links may cover.
    enum Part: String, Sendable, Hashable {
        case nothing
        /// What is the same for every resource: the models, the program's version.
        case surroundings
        /// The run, study, or archive named in the path.
        case run, study, archive
        /// The run, study, notebook or lab named in the query.
        case events
        /// The revision of a notebook named in the path.
        case revision
        /// The lab named in the path.
        case lab
        /// The runs of a comparison, side by side.
        case comparison
        /// The view that the query holds.
        case view
    }

    var action: Action
    var part = Part.nothing

    static let viewer = Admission(action: .read)
    static let editor = Admission(action: .change)
    static let owner = Admission(action: .administer)
    static let account = Admission(action: .manageAccount)
    static let guest = Admission(action: .readLink, part: .surroundings)
    /// Only visitors with the link to a comparison.
    static let comparisonGuest = Admission(action: .readLink, part: .comparison)

    /// The same, also open to share links for this part.
    func orShare(_ part: Part) -> Admission { Admission(action: action, part: part) }

    /// The name used in the API description.
    var name: String { action.role?.rawValue ?? (action == .manageAccount ? "account" : "guest") }
}

extension Refusal {
    /// - Returns: 403, always without a word on whether the resource exists
    var serverError: ServerError {
        switch self {
        case .needsRole(let role, let own):
            let needed = "This requires the \(role.rawValue) role"
            let text = own.map { "\(needed); you are \($0.withArticle)." } ?? "\(needed). Sign in as a member with that role."
            return ServerError(.forbidden, code: "forbidden", text)
        case .needsSession:
            return ServerError(
                .forbidden, code: "needs-session", "Account settings require a signed-in browser session; API tokens are not accepted.")
        case .needsLink: return ServerError(.forbidden, code: "needs-share", "This requires a share link.")
        case .outsideLink:
            return ServerError(.forbidden, code: "outside-share", "This share link does not cover the requested resource.")
        case .ofAnother: return ServerError(.forbidden, code: "forbidden", "This belongs to another member.")
        }
    }
}

extension AccessToken.Role {
    /// The role with its article, such as "an editor".
    var withArticle: String { self == .viewer ? "a viewer" : "an \(rawValue)" }
}
