package import Catalog

extension AccessControl {
    /// Creates a bearer token of a member. The secret is returned once and stored as a hash.
    package func makeToken(member: String, name: String, role: AccessToken.Role, days: Int, key: IdempotencyKey? = nil) async throws -> (token: AccessToken, secret: String) {
        let name = try AccessControl.checked(name)
        let secret = Secret.make()
        return try await change { change in
            let token = try change.once(key) {
                let token = AccessToken(
                    hash: Secret.hash(secret), id: Secret.makeID(), kind: .bearer, member: member, name: name, role: role,
                    created: change.time, expires: change.time + Double(days) * 86_400)
                try change.writer.insert(token)
                try change.record("add", "token \(token.id)", "\(name), \(TokenScope(role).rawValue), \(days) days")
                return (token, "token \(token.id)")
            }
            return (token, secret)
        }
    }

    /// - Errors: `token-unknown`, also for a token of another member
    package func revoke(token id: String, ofMember member: String) async throws {
        try await change { change in
            guard let token = try change.reader.tokens(ofMember: member).first(where: { $0.id == id }) else {
                throw AccessError.unknown("token", id)
            }
            try change.writer.revoke(token: token.hash, at: change.time)
            try change.record("revoke", "token \(id)", token.name)
        }
    }
}

/// The most that a token grants. Its member's role may limit it further.
package enum TokenScope: String, CaseIterable {
    case read, write, admin

    /// The scope of a token with this role.
    package init(_ role: AccessToken.Role) {
        self = role == .owner ? .admin : role == .editor ? .write : .read
    }

    /// The highest role of this scope.
    package var role: AccessToken.Role {
        switch self {
        case .read: .viewer
        case .write: .editor
        case .admin: .owner
        }
    }
}
