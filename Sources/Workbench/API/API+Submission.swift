import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Studies

/// Submitting runs and studies.
extension API {
    func addSubmission(to router: inout Router) {
        add(.post, "/runs", needs: .editor, to: &router) { request, _ in try await submitRun(request) }
        add(.post, "/studies", needs: .editor, to: &router) { request, _ in try await submitStudy(request) }
        add(.post, "/studies/preview", needs: .viewer, to: &router) { request, _ in try await preview(request) }
        add(.get, "/demonstration", needs: .viewer, to: &router) { _, _ in .json(StudyPlan.demonstrationJSON) }
        add(.get, "/models", needs: .viewer, to: &router) { _, _ in .json(.array(planner.models.map(\.json))) }
    }

    private func submitRun(_ request: Request) async throws -> Response {
        try request.allowQuery("reuse")
        let reuse = request.query.first("reuse")
        guard reuse == nil || reuse == "unfinished" else {
            throw ServerError(.badRequest, code: "invalid-query", "reuse: '\(reuse ?? "")' is not 'unfinished'", field: "reuse")
        }
        let (json, digest) = try await request.json()
        let run = try planner.run(reading: json)
        let key = try request.idempotencyKey(route: "runs", digest: digest)
        let (record, isNew) = try await workbench.submit(run, key: key, reusingUnfinished: reuse != nil)
        if isNew { try await audit("submit", "run \(record.id)") }
        return try await created(record, isNew)
    }

    private func submitStudy(_ request: Request) async throws -> Response {
        let (json, digest) = try await request.json()
        let study = try planner.study(reading: json, at: workbench.settings.now())
        let key = try request.idempotencyKey(route: "studies", digest: digest)
        let (record, isNew) = try await workbench.submit(study.record, runs: study.runs, key: key)
        try await audit("submit", "study \(record.id)", detail: "\(study.runs.count) runs")
        var response = Response.json(try await fullStudy(record.id), status: isNew ? .created : .ok)
        response.headerFields[.location] = "/api/v1/studies/\(record.id)"
        return response
    }

    private func preview(_ request: Request) async throws -> Response {
        let (json, _) = try await request.json()
        let study = try planner.study(reading: json, at: workbench.settings.now())
        let (seconds, isKnown) = try await catalog.read { reader in
            (
                try planner.seconds(study.plan, workers: workbench.settings.workerLimit, reader),
                try reader.study(study.plan.id) != nil
            )
        }
        return .json([
            "runs": .count(study.runs.count), "steps": .count(study.plan.totalSteps), "id": .string(study.plan.id),
            "exists": .bool(isKnown), "estimate": .object(["seconds": .optional(seconds)]), "plan": study.plan.json,
        ])
    }
}
