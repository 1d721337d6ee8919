import Access
import Canonical
import Catalog
import HTTPServer
import HTTPTypes

/// A member's own sessions, tokens, and password. Only for a signed-in browser.
extension API {
    func addAccount(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/account", "Returns the signed-in member with sessions and API tokens.", needs: .account,
                answers: [.json(.account)])
        ) { _, _ in
            let (id, session) = (try own, Visitor.current.session?.id)
            return .json(
                try await catalog.read { reader in
                    let sessions = try reader.sessions(ofMember: id)
                    let tokens = try reader.tokens(ofMember: id)
                    return .object([
                        "member": AccessJSON.member(try AccessControl.member(id, reader), sessions: sessions.count, tokens: tokens.count),
                        "sessions": .array(sessions.map { AccessJSON.session($0, current: session) }),
                        "tokens": .array(tokens.map(AccessJSON.token)),
                    ])
                })
        }
        routes.add(
            Route(
                .post, "/account/password", "Sets or removes the signed-in member's password and ends the member's other sessions.", needs: .account,
                body: .json(.passwordRequest), answers: [.nothing], problems: [.notFound, .tooManyRequests])
        ) { request, _ in try await changePassword(request) }
        routes.add(
            Route(
                .delete, "/account/sessions/{id}", "Ends one session of the signed-in member.", needs: .account,
                answers: [.nothing])
        ) { _, parameters in
            try await access.end(session: parameters["id"], ofMember: try own)
            return .noContent()
        }
        routes.add(
            Route(
                .delete, "/account/sessions", "Ends all sessions of the signed-in member except the current one.", needs: .account,
                answers: [.nothing])
        ) { _, _ in
            try await access.endSessions(ofMember: try own, except: Visitor.current.session?.id)
            return .noContent()
        }
        routes.add(
            Route(
                .post, "/account/tokens", "Creates an API token. The response is the only one that contains its secret.", needs: .account,
                body: .json(.tokenRequest, example: ["name": "nightly", "scope": "read", "days": 30]), takesKey: true,
                answers: [.json(.newToken, status: .created).making("/account/tokens/{id}")], problems: [.conflict])
        ) { request, _ in try await makeToken(request) }
        routes.add(
            Route(
                .delete, "/account/tokens/{id}", "Revokes an API token of the signed-in member.", needs: .account,
                answers: [.nothing])
        ) { _, parameters in
            try await access.revoke(token: parameters["id"], ofMember: try own)
            return .noContent()
        }
        routes.add(
            Route(
                .post, "/sign-out", "Signs out: ends the current session.", needs: .account,
                answers: [.nothing])
        ) { _, _ in
            let visitor = Visitor.current
            if let session = visitor.session { try await access.end(session: session.id, ofMember: try own) }
            var response = Response.noContent()
            response.headerFields[.setCookie] =
                "\(access.cookieName(isSecure: visitor.isSecure))=; Path=/; Max-Age=0" + FrontDoor.cookieAttributes(isSecure: visitor.isSecure)
            return response
        }
    }

    /// The visitor's own member.
    private var own: String {
        get throws {
            guard let id = Visitor.current.member else { throw AccessError.unknown("member", Visitor.current.name) }
            return id
        }
    }

    /// `{"current": "...", "password": "..."}`; null removes the password.
    private func changePassword(_ request: Request) async throws -> Response {
        var fields = try FieldReader(try await request.json().value)
        let current = try fields.optionalString("current")
        let password = try fields.optionalString("password")
        try fields.finish()
        try await access.setPassword(password, ofMember: try own, current: .some(current))
        return .noContent()
    }

    private func makeToken(_ request: Request) async throws -> Response {
        let (value, digest) = try await request.json()
        var fields = try FieldReader(value)
        let name = try fields.string("name")
        let scope = TokenScope(rawValue: try fields.optionalOneOf("scope", TokenScope.allCases.map(\.rawValue)) ?? "read") ?? .read
        let days = try fields.optionalInteger("days", in: 1...366) ?? 90
        try fields.finish()
        let key = try request.idempotencyKey(route: "tokens of \(try own)", digest: digest)
        let (token, secret) = try await access.makeToken(member: try own, name: name, role: scope.role, days: days, key: key)
        guard case .object(var json) = AccessJSON.token(token) else { return .noContent() }
        json["secret"] = .string(secret)
        return .json(.object(json), status: .created)
    }
}
