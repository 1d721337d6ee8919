import Access
import Canonical
import Execution
import HTTPServer
import HTTPTypes
import Labs

/// Labs: models that train in the plane while one watches. Frames are files; a process of its own makes them.
extension API {
    func addLabs(to routes: inout RouteTable) {
        routes.add(Route(.get, "/labs", "All recorded labs, and what specifications may contain.", needs: .viewer, load: .reading, answers: [.json(.labList)])) { _, _ in
            let labs = try await workbench.labs.all().map { lab -> JSONValue in
                .object([
                    "id": .string(lab.id), "model": .string(lab.root.specification.model), "distribution": .string(lab.root.specification.distribution.name),
                    "branches": .count(lab.branches), "is_live": .bool(lab.isLive),
                ])
            }
            return .json(.object([
                "labs": .array(labs), "standard": LabSpecification.standard.json,
                "models": .array(LabSpecification.models.map { .string($0) }), "distributions": .array(PlaneDistribution.names.map { .string($0) }),
            ]))
        }
        routes.add(
            Route(
                .post, "/labs", "Creates the lab of a specification, or returns the one that has it. Omitted fields have their defaults. Nothing trains before it is asked to.", needs: .editor,
                load: .changing, body: .json(.labRequest, example: ["specification": [:]]),
                answers: [.json(.lab, status: .created, "The new lab.").making("/labs/{id}"), .json(.lab, "The lab of this specification.")], problems: [.conflict])
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value)
            let specification = try fields.value("specification")
            try fields.finish()
            let (folder, isNew) = try await workbench.labs.create(specification)
            if isNew { try await audit("create", "lab \(folder.id)") }
            var response = Response.json(try await json(folder), status: isNew ? .created : .ok)
            response.headerFields[.location] = "/api/v1/labs/\(folder.id)"
            return response
        }
        routes.add(
            Route(.get, "/labs/{id}", "A lab: its branches with their specifications and recorded steps, and what it is doing.", needs: .viewer.orShare(.lab), load: .reading, answers: [.json(.lab)], problems: [.conflict])
        ) { _, parameters in .json(try await json(try await workbench.labs.folder(parameters["id"]))) }
        routes.add(Route(.delete, "/labs/{id}", "Stops a lab and removes what it recorded.", needs: .editor, answers: [.nothing])) { _, parameters in
            try await workbench.labs.remove(parameters["id"])
            try await audit("delete", "lab \(parameters["id"])")
            return .noContent()
        }
        routes.add(
            Route(
                .post, "/labs/{id}/actions",
                "Plays, pauses, or advances a lab, or continues a branch with another specification. `keep` is the heartbeat without which a lab stops after 15 seconds; every other action counts as one.",
                needs: .editor, body: .json(.labAction, example: ["action": "keep"]), answers: [.json(.labActionResult)], problems: [.conflict])
        ) { request, parameters in .json(try await act(parameters["id"], try await request.json().value)) }
        routes.add(
            Route(
                .get, "/labs/{id}/branches/{branch}/frames/{step}.frame",
                "A recorded frame in the form that docs/lab.md describes; the step `reference` is what does not change within the branch. Branch and step decide every byte.", needs: .viewer.orShare(.lab),
                answers: [.content("application/octet-stream")], problems: [.notFound, .conflict])
        ) { _, parameters in try await frame(parameters["id"], parameters["branch"], parameters["step"]) }
        addLabAnimation(to: &routes)
    }

    private func addLabAnimation(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/labs/{id}/branches/{branch}/animation.png", "The recorded frames of a branch and of those before it as animated PNG: an even choice of them.", needs: .viewer, load: .computing,
                query: [QueryParameter("frames", .integer(2...120), "Frames at most (default: 60)."), QueryParameter("milliseconds", .integer(10...5000), "How long each is shown (default: 100).")],
                answers: [.content("image/png")], problems: [.notFound, .conflict])
        ) { request, parameters in
            let folder = try await workbench.labs.folder(parameters["id"]), branch = try folder.branch(parameters["branch"]).id
            let (most, milliseconds) = (try request.integer("frames", in: 2...120) ?? 60, try request.integer("milliseconds", in: 10...5000) ?? 100)
            guard let bytes = try folder.animation(of: branch, most: most, milliseconds: milliseconds) else {
                throw ServerError(.notFound, code: "frame-unknown", "Nothing of branch \(branch) was recorded.")
            }
            return .bytes(bytes, contentType: "image/png")
        }
    }

    private func act(_ id: String, _ body: JSONValue) async throws -> JSONValue {
        var fields = try FieldReader(body)
        let labs = workbench.labs
        let member = Visitor.current.member ?? Visitor.current.name
        let action = try fields.oneOf("action", ["play", "pause", "advance", "branch", "keep"])
        var result: [String: JSONValue] = [:]
        switch action {
        case "play":
            let branch = try fields.string("branch"), from = try fields.integer("from", in: 0...LabBranch.mostSteps)
            let every = try fields.integer("every", in: 1...LabWorker.mostUpdates), rate = try fields.integer("rate", in: 1...LabWorker.mostRate)
            try fields.finish()
            try await labs.play(id, branch: branch, from: from, every: every, rate: rate, by: member)
        case "advance":
            let branch = try fields.string("branch"), from = try fields.integer("from", in: 0...LabBranch.mostSteps), steps = try fields.integer("steps", in: 0...LabWorker.mostUpdates)
            try fields.finish()
            try await labs.advance(id, branch: branch, from: from, steps: steps, by: member)
        case "branch":
            let parent = try fields.string("branch"), after = try fields.integer("after", in: 0...LabBranch.mostSteps), changes = try fields.value("changes")
            try fields.finish()
            let made = try await labs.branch(id, of: parent, after: after, changes: changes)
            result["branch"] = API.json(made, recorded: [])
        case "pause":
            try fields.finish()
            try await labs.pause(id)
        default:
            try fields.finish()
            _ = try await labs.folder(id)
            _ = await labs.heartbeat(id)
        }
        result["live"] = await labs.state(id).map { .object($0) } ?? .null
        return .object(result)
    }

    private func json(_ folder: LabFolder) async throws -> JSONValue {
        let branches = try folder.branches().map { API.json($0, recorded: try folder.recorded($0.id)) }
        // Why it paused may name files: that is for members.
        let isGuest = Visitor.current.share != nil, live = await workbench.labs.state(folder.id)?.filter { !isGuest || $0.key != "reason" }
        return .object(["id": .string(folder.id), "branches": .array(branches), "live": live.map { .object($0) } ?? .null])
    }

    private static func json(_ branch: LabBranch, recorded: [Int]) -> JSONValue {
        .object([
            "id": .string(branch.id), "parent": .optional(branch.parent), "start": .count(branch.start), "specification": branch.specification.json,
            "recorded": .array(recorded.map { .count($0) }),
        ])
    }

    private func frame(_ id: String, _ branch: String, _ step: String) async throws -> Response {
        let folder = try await workbench.labs.folder(id), known = try folder.branch(branch).id
        let number = Int(step, in: 0...LabBranch.mostSteps)
        guard step == "reference" || number.map({ "\($0)" == step }) == true else {
            throw ServerError(.notFound, code: "frame-unknown", "'\(step.prefix(40))' is neither a step nor reference.")
        }
        let path = step == "reference" ? folder.reference(known) : folder.frame(known, step: number ?? 0)
        guard FileSystem.exists(path) else { throw ServerError(.notFound, code: "frame-unknown", "The step \(step) of branch \(known) was not recorded.") }
        let bytes = try FileSystem.read(path, limit: 1 << 22)
        var response = Response.bytes(bytes, contentType: "application/octet-stream")
        response.headerFields[.eTag] = EntityTag(Digest.sha256(bytes).hex).description
        // Branch and step decide every byte, the version of the numbers included.
        response.headerFields[.cacheControl] = "private, max-age=31536000, immutable"
        return response
    }
}
