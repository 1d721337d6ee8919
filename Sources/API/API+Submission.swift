import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results
import Studies
import Training

/// Submission of runs and studies.
extension API {
    /// Small enough to try out: seconds on one core.
    private static let exampleRun: JSONValue = ["model": "ns-gan", "dataset": "polygons", "steps": 20, "architecture": ["width": 0.0625], "evaluation": ["samples": 256]]
    private static let examplePlan: JSONValue = [
        "name": "a small study", "dataset": "polygons", "models": ["ns-gan", "wgan"], "protocol": ["kind": "single"], "seeds": 2, "steps": 20, "width": 0.0625,
        "evaluation": ["samples": 256],
    ]

    /// What a submission chooses beside the results, which do not depend on it.
    private static let choicesOfSubmission = [
        QueryParameter("executor", .plain, "The executor that is to run it, one of those that GET /queue lists (default: the server's first)."),
        QueryParameter("priority", .integer(QueueLimits.priority), "A level of priority is worth a week of waiting (default: 0)."),
    ]

    func addSubmission(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/runs", "Queues a run.", needs: .editor, query: [QueryParameter("reuse", .word(["unfinished"]), "unfinished: returns an unfinished run of the same specification instead of queuing a new one.")] + API.choicesOfSubmission,
                body: .json(.runRequest, example: API.exampleRun), takesKey: true,
                answers: [.json(.run, status: .created).making("/runs/{id}"), .json(.run, "An existing run.")])
        ) { request, _ in try await submitRun(request) }
        routes.add(
            Route(
                .post, "/studies", "Submits a plan as a study and queues its runs. Submitting the same plan again returns the same study.", needs: .editor, load: .expanding, query: API.choicesOfSubmission, body: .json(.planRequest, example: API.examplePlan), takesKey: true,
                answers: [.json(.study, status: .created).making("/studies/{id}"), .json(.study, "The existing study of the same plan.")])
        ) { request, _ in try await submitStudy(request) }
        routes.add(
            Route(
                .post, "/studies/preview", "Validates a plan and returns the runs that it expands to, without queuing them.", needs: .viewer, load: .planning, body: .json(.planRequest, example: API.examplePlan), answers: [.json(.studyPreview)])
        ) { request, _ in try await preview(request) }
        routes.add(
            Route(
                .get, "/demonstration", "Returns the demonstration plan.", needs: .viewer, answers: [.json(.writtenPlan)])
        ) { _, _ in .json(StudyPlan.demonstrationJSON) }
        routes.add(
            Route(
                .get, "/models", "Lists the models with their hyperparameters.", needs: .viewer.orShare(.surroundings), answers: [.json(.array(.model))])
        ) { _, _ in .json(.array(planner.models.map(\.json))) }
        routes.add(
            Route(
                .get, "/metrics", "Lists the available evaluation metrics.", needs: .viewer.orShare(.surroundings), answers: [.json(.array(.metric))])
        ) { _, _ in .json(.array(MetricChoice.all.map(\.json))) }
    }

    private func submitRun(_ request: Request) async throws -> Response {
        let reuse = request.query.first("reuse")
        let (json, digest) = try await request.json()
        var run = try planner.run(reading: json)
        (run.run.executor, run.run.priority) = try API.choices(request)
        let key = try request.idempotencyKey(route: "runs", digest: digest)
        let (record, isNew) = try await workbench.submit(run.run, key: key, reusingUnfinished: reuse != nil, by: Visitor.current)
        return try await created(record, isNew, estimate: estimate(run.memory))
    }

    /// The expected cost of the work.
    private func estimate(_ memory: MemoryNeed?, seconds: Double?? = .none, range: TimeRange?? = .none, disk: Double? = nil) -> JSONValue {
        var fields: [String: JSONValue] = [
            "memory_bytes": .optional(memory?.total), "memory_limit_bytes": .optional(planner.memory.limit),
        ]
        if let seconds { fields["seconds"] = .optional(seconds) }
        if let range { fields["range"] = QueueJSON.range(range) }
        if let disk { fields["disk_bytes"] = .number(disk) }
        return .object(fields)
    }

    private func submitStudy(_ request: Request) async throws -> Response {
        let (json, digest) = try await request.json()
        let choices = try API.choices(request)
        var study = try planner.study(reading: json, at: workbench.settings.now())
        for index in study.runs.indices { (study.runs[index].executor, study.runs[index].priority) = choices }
        let memory = try planner.memory(of: study.plan)
        let key = try request.idempotencyKey(route: "studies", digest: digest)
        let (record, isNew) = try await workbench.submit(study.record, runs: study.runs, key: key, by: Visitor.current)
        var response = Response.json(try await fullStudy(record.id).adding("estimate", estimate(memory)), status: isNew ? .created : .ok)
        response.headerFields[.location] = "/api/v1/studies/\(record.id)"
        return response
    }

    private func preview(_ request: Request) async throws -> Response {
        let (json, _) = try await request.json()
        let plan = try planner.plan(reading: json), memory = try planner.memory(of: plan)
        return .json(try await catalog.read { try preview(plan, memory, $0) })
    }

    /// What a plan would expand to, as the route answers: for cells of notebooks.
    /// - Errors: those of `RunPlanner`
    func preview(_ json: JSONValue, _ reader: CatalogReader) throws -> JSONValue {
        let plan = try planner.plan(reading: json)
        return try preview(plan, try planner.memory(of: plan), reader)
    }

    private func preview(_ plan: StudyPlan, _ memory: MemoryNeed?, _ reader: CatalogReader) throws -> JSONValue {
        let range = try planner.time(of: plan, workers: workbench.settings.workerLimit, reader)
        let digest = plan.digest, seconds = try planner.seconds(plan, workers: workbench.settings.workerLimit, reader)
        return [
            "runs": .count(plan.runCount), "steps": .count(plan.totalSteps), "id": .string(digest.short), "digest": .string(digest.hex),
            "exists": .bool(try reader.study(ofPlan: digest.hex) != nil), "estimate": estimate(memory, seconds: .some(seconds), range: .some(range), disk: try planner.disk(of: plan)), "plan": plan.json,
            "notes": .array(SearchProtocol.remarks(on: plan.search.json).map { .string($0) }),
        ]
    }
}
