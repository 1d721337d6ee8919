import Access
import Canonical
import Catalog
import HTTPServer
import HTTPTypes

/// Members, for owners; and what members do with their own credentials.
extension API {
    func addMembers(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/members", "Lists the members.", needs: .owner, load: .reading,
                answers: [.json(.array(.member))])
        ) { _, _ in
            .json(
                try await catalog.read { reader in
                    .array(
                        try reader.members().map { member in
                            AccessJSON.member(
                                member, sessions: try reader.sessions(ofMember: member.id).count,
                                tokens: try reader.tokens(ofMember: member.id).count)
                        })
                })
        }
        routes.add(
            Route(
                .post, "/members", "Adds a member and creates an invitation link.", needs: .owner,
                body: .json(.memberRequest, example: ["name": "Ada", "role": "viewer"]), takesKey: true,
                answers: [.json(.invitation, status: .created).making("/members/{id}", at: "/member/id")], problems: [.conflict])
        ) { request, _ in try await addMember(request) }
        routes.add(
            Route(
                .patch, "/members/{id}", "Changes a member's name, role, or password.", needs: .owner,
                body: .json(.memberChange), answers: [.json(.member)], problems: [.conflict])
        ) { request, parameters in
            try await updateMember(request, parameters["id"])
        }
        routes.add(
            Route(
                .delete, "/members/{id}", "Removes a member and ends the member's sessions, API tokens, invitations, and share links. Returns how many of each.", needs: .owner,
                answers: [.json(.endedAccess)], problems: [.conflict])
        ) { _, parameters in
            let member = try await member(parameters["id"])
            return .json(["ended": AccessJSON.ended(try await access.remove(member: member.id))])
        }
        routes.add(
            Route(
                .post, "/members/{id}/link", "Creates a new invitation link for a member; the previous one expires.", needs: .owner,
                answers: [.json(.invitation, status: .created)])
        ) { request, parameters in
            let member = try await member(parameters["id"])
            return .json(link("token", try await access.invite(member: member.id), request), status: .created)
        }
        routes.add(
            Route(
                .post, "/members/{id}/sign-out", "Ends all sessions of a member.", needs: .owner,
                answers: [.nothing])
        ) { _, parameters in
            let member = try await member(parameters["id"])
            try await access.endSessions(ofMember: member.id, except: nil)
            return .noContent()
        }
        routes.add(
            Route(
                .post, "/links", "Creates a single-use sign-in link for the named member; for the calling owner (or the first owner) if no member is named.", needs: .owner,
                body: .json(.linkRequest, isRequired: false), answers: [.json(.invitation, status: .created)], problems: [.notFound])
        ) { request, _ in try await printLink(request) }
    }

    func member(_ text: String) async throws -> Member {
        try await catalog.read { try AccessControl.member(text, $0) }
    }

    private func addMember(_ request: Request) async throws -> Response {
        let (value, digest) = try await request.json()
        var fields = try FieldReader(value)
        let name = try fields.string("name")
        let role = AccessToken.Role(rawValue: try fields.optionalOneOf("role", AccessJSON.roles) ?? "viewer") ?? .viewer
        try fields.finish()
        let (member, invitation) = try await access.addInvited(
            member: name, role: role, key: try request.idempotencyKey(route: "members", digest: digest))
        var json = link("token", invitation, request)
        json["member"] = AccessJSON.member(member, sessions: 0, tokens: 0)
        return .json(json, status: .created)
    }

    private func updateMember(_ request: Request, _ id: String) async throws -> Response {
        var fields = try FieldReader(try await request.json().value)
        let name = try fields.optionalString("name")
        let role = try fields.optionalOneOf("role", AccessJSON.roles).flatMap { AccessToken.Role(rawValue: $0) }
        let password = try fields.optionalString("password")
        try fields.finish()
        let known = try await member(id)
        let member = try await access.update(member: known.id, name: name, role: role, password: password)
        return .json(
            try await catalog.read {
                AccessJSON.member(
                    member, sessions: try $0.sessions(ofMember: member.id).count, tokens: try $0.tokens(ofMember: member.id).count)
            })
    }

    /// A link that opens immediately, for the command on this machine: for the named member, or the first owner.
    private func printLink(_ request: Request) async throws -> Response {
        var fields = try FieldReader(try await request.optionalJSON().value)
        let name = try fields.optionalString("member")
        try fields.finish()
        let secret = try await access.makeLink(member: name ?? Visitor.current.member)
        return .json(link("token", secret, request), status: .created)
    }

    /// The URL that contains a secret. It is returned once.
    func link(_ kind: String, _ secret: String, _ request: Request) -> [String: JSONValue] {
        let scheme = Visitor.current.isSecure ? "https" : "http"
        return ["url": .string("\(scheme)://\(request.authority)/?\(kind)=\(secret)"), "path": .string("/?\(kind)=\(secret)")]
    }
}

extension API {
    func addAudit(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/audit", "Lists entries of the audit log, filtered, sorted, and paginated.", needs: .owner, load: .reading,
                query: QueryParameter.list("actor = 'Ada' and action = 'share'", order: "time"), answers: [.json(.auditPage)])
        ) { request, _ in
            let query = try request.listQuery(.audit)
            let page = try await catalog.read { try $0.audit(query) }
            return .json([
                "entries": .array(page.entries.map(AccessJSON.audit)), "total": .count(page.total), "next_page_token": .optional(page.nextPageToken),
            ])
        }
    }
}
