import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Studies

/// More seeds, settings, or models for a study.
extension API {
    func addExtension(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/studies/{id}/extend", "Adds seeds, settings, or models to a study and queues the runs that this adds. What the study has stays as it is.", needs: .editor, load: .expanding,
                body: .json(.extensionRequest, example: ["add_seeds": 1]), takesKey: true, answers: [.json(.study)], problems: [.conflict])
        ) { request, parameters in try await extend(parameters["id"], request) }
    }

    private func extend(_ id: String, _ request: Request) async throws -> Response {
        let (json, digest) = try await request.json()
        var fields = try FieldReader(json)
        let seeds = try fields.optionalInteger("add_seeds", in: SpecificationLimits.seedsOfPlan) ?? 0
        let settings = try fields.optionalInteger("add_settings", in: SpecificationLimits.settings) ?? 0
        let models = try fields.optionalStrings("add_models", count: 1...64) ?? []
        let (reason, isPreview) = (try API.reason(&fields), try fields.optionalBool("preview") ?? false)
        try fields.finish()
        if seeds == 0, settings == 0, models.isEmpty { throw FieldError(path: "", problem: .rule("nothing is to be added: give add_seeds, add_settings, or add_models")) }
        guard let known = try await catalog.read({ try $0.study(id) }) else { throw WorkbenchError.unknownStudy(id) }
        let plan = try StudyPlan(reading: JSONValue(stored: known.plan), models: planner.models, datasets: planner.facts)
        let longer = try planner.study(reading: try plan.extended(seeds: seeds, settings: settings, models: models), at: workbench.settings.now())
        _ = try planner.memory(of: longer.plan)
        if isPreview { return .json(try await fullStudy(id).adding("added", .count(longer.runs.count - plan.runCount))) }
        let key = try request.idempotencyKey(route: "studies/\(id)/extend", digest: digest)
        let result = try await workbench.extend(study: id, to: longer.record, runs: longer.runs, reason: reason, key: key, by: Visitor.current)
        return .json(try await fullStudy(id).adding("added", .count(result.added)))
    }
}
