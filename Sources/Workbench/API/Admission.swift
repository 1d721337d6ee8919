import Catalog
import HTTPServer
import HTTPTypes

/// Whom a route lets in.
enum Admission: Sendable, Hashable {
    /// Everybody whom the front door lets through, of whatever role.
    case anyone
    /// Visitors with at least this role.
    case role(AccessToken.Role)

    static let viewer = Admission.role(.viewer)
    static let editor = Admission.role(.editor)
    static let owner = Admission.role(.owner)

    /// The word that the document of the API uses.
    var name: String {
        switch self {
        case .anyone: "anyone"
        case .role(let role): role.rawValue
        }
    }

    /// - Errors: 403 for a visitor who may not come in.
    func check(_ visitor: Visitor) throws(ServerError) {
        guard case .role(let role) = self, visitor.role < role else { return }
        throw ServerError(.forbidden, code: "forbidden", "This needs the role \(role.rawValue), and you are a \(visitor.role.rawValue).")
    }
}
