import Access
import Archives
import Canonical
import Catalog
import Datasets
import Execution
import HTTPServer
import HTTPTypes
import Results
import Storage
import Studies
import Training

/// Evaluating checkpoints after, or beside, training.
extension API {
    /// Evaluations of a page of a list.
    static let mostListed = 200

    func addEvaluations(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/evaluations",
                "Queues the evaluation of a checkpoint of a run, or of one checkpoint of each run of a study. An evaluation that is already queued, running, or done is returned, not queued again.",
                needs: .editor, load: .expanding, body: .json(.evaluationRequest), takesKey: true,
                answers: [
                    .json(.evaluationsQueued, status: .created, "The queued evaluations."), .json(.evaluationsQueued, "All requested evaluations were already queued, running, or done."),
                ], problems: [.notFound, .conflict, .unprocessableContent, .internalServerError])
        ) { request, _ in try await evaluate(request) }
        routes.add(
            Route(
                .get, "/evaluations",
                "Lists evaluation jobs, newest first, optionally those of a run or a study; or those of a request, in the order of its runs: 200 per page.",
                needs: .viewer, load: .reading,
                query: [
                    QueryParameter("run", .runID, "Only evaluations of this run."), QueryParameter("study", .studyID, "Only evaluations of runs of this study."),
                    QueryParameter("request", .plain, "Only evaluations of this request to evaluate a study, named in the list of its response. Kept for 30 days."),
                    QueryParameter("page_token", .plain, "next_page_token of the previous page."),
                ],
                answers: [.json(.evaluationList)], problems: [.notFound])
        ) { request, _ in try await listEvaluations(request) }
        routes.add(
            Route(
                .get, "/evaluations/{id}", "Returns an evaluation job with its measured values.", needs: .viewer, answers: [.json(.evaluationJob)])
        ) { _, parameters in
            .json(try await catalog.read { try fullEvaluation(parameters["id"], $0) })
        }
        routes.add(
            Route(
                .post, "/evaluations/{id}/cancel", "Cancels an evaluation job: removes it from the queue or stops its worker. Values that were already measured are kept.",
                needs: .editor, answers: [.json(.evaluationJob)], problems: [.conflict])
        ) { _, parameters in
            let job = try await workbench.cancel(evaluation: parameters["id"], by: Visitor.current)
            return .json(try await catalog.read { try fullEvaluation(job.id, $0) })
        }
    }

    private func fullEvaluation(_ id: String, _ reader: CatalogReader) throws -> JSONValue {
        guard let job = try reader.evaluationJob(id) else { throw WorkbenchError.unknownEvaluation(id) }
        return EvaluationJobJSON.full(job, values: try reader.evaluations(ofJob: job), attempts: try reader.attempts(ofEvaluation: job.number))
    }

    private func listEvaluations(_ request: Request) async throws -> Response {
        let (run, study, token) = (request.query.first("run"), request.query.first("study"), request.query.first("page_token"))
        if let asked = request.query.first("request") {
            let found = try await catalog.read { try page(ofRequest: asked, token, $0) }
            guard run == nil, study == nil else { throw QueryError(field: "request", problem: "cannot be combined with run or study") }
            return .json(found)
        }
        return .json(
            try await catalog.read { reader in
                let number = try run.map { id in
                    guard let run = try reader.run(id) else { throw WorkbenchError.unknownRun(id) }
                    return run.number
                }
                if let study, try reader.study(study) == nil { throw WorkbenchError.unknownStudy(study) }
                let last = try token.map { id in
                    guard let job = try reader.evaluationJob(id) else { throw API.foreignToken }
                    return job.number
                }
                let jobs = try reader.evaluationJobs(ofRun: number, ofStudy: study, before: last, limit: API.mostListed + 1)
                return API.list(jobs.prefix(API.mostListed), next: jobs.count > API.mostListed ? jobs[API.mostListed - 1].id : nil)
            })
    }

    static let foreignToken = QueryError(field: "page_token", problem: "is not one that this server gave")

    static func list(_ jobs: some Sequence<EvaluationJob>, next: String?) -> JSONValue {
        .object(["evaluations": .array(jobs.map { EvaluationJobJSON.full($0) }), "next_page_token": .optional(next)])
    }

    /// What a request asks for.
    struct AskedEvaluation: Sendable {
        var run: String?
        var study: String?
        var choice: CheckpointChoice
        var evaluation: JSONValue
        var threads: Int?

        init(reading json: JSONValue) throws(FieldError) {
            var fields = try FieldReader(json)
            run = try fields.optionalString("run", maximumBytes: 100)
            study = try fields.optionalString("study", maximumBytes: 100)
            choice = try CheckpointChoice(&fields)
            evaluation = fields.optionalValue("evaluation") ?? .object([:])
            threads = try fields.optionalInteger("threads", in: 1...256)
            try fields.finish()
            guard (run == nil) != (study == nil) else { throw fields.error(run == nil ? "run" : "study", "requires exactly one of run and study") }
        }

        /// For the audit log.
        var target: String { run.map { "run \($0)" } ?? "study \(study ?? "")" }
    }

    private func evaluate(_ request: Request) async throws -> Response {
        let (json, digest) = try await request.json()
        let asked = try AskedEvaluation(reading: json)
        let key = try request.idempotencyKey(route: "evaluations", digest: digest)
        if let study = asked.study { return try await evaluate(study: study, asked, key) }
        let planned = try await catalog.read { reader in
            let id = asked.run ?? ""
            guard let run = try reader.run(id) else { throw WorkbenchError.unknownRun(id) }
            return try plan(asked, run, among: planner.facts, reader)
        }
        try await checkArchive(planned.checkpoint, at: try workbench.storage.archive(planned.checkpoint))
        let (jobs, made) = try await workbench.evaluate([planned], of: asked.target, key: key, by: Visitor.current)
        var response = Response.json(try await API.answer(jobs.map(\.id), made: made, catalog), status: made > 0 ? .created : .ok)
        if let job = jobs.first { response.headerFields[.location] = "/api/v1/evaluations/\(job.id)" }
        return response
    }

    /// The evaluation of a run that a request means.
    /// - Errors: `FieldError` for an evaluation that does not suit the run; `WorkbenchError` where it has no such checkpoint
    func plan(_ asked: AskedEvaluation, _ run: RunRecord, among datasets: [DatasetFacts], _ reader: CatalogReader) throws -> NewEvaluation {
        let specification = try Specification(canonical: try JSONValue(parsing: Array(run.specification.utf8)), models: planner.models)
        guard let dataset = datasets.first(where: { $0.name == run.dataset }), dataset.digest == specification.dataset.digest else {
            throw FieldError(path: asked.run == nil ? "study" : "run", problem: .rule("the data set \(run.dataset) is not the one that run \(run.id) was trained on"))
        }
        let own = specification.evaluation
        let checkpoint = try asked.choice.checkpoint(of: run, reader)
        let path = try workbench.storage.archive(checkpoint.digest)
        guard FileSystem.exists(path) else { throw WorkbenchError.missingArchive(checkpoint.digest, run: run.id) }
        let wanted = try CheckpointEvaluation(of: Digest(hex: checkpoint.digest), asked: asked.evaluation, own: own, dataset: dataset)
        return NewEvaluation(
            run: run.id, step: checkpoint.step, checkpoint: checkpoint.digest, request: wanted.json.canonicalText, requestDigest: wanted.json.digest.hex,
            priority: asked.run == nil ? 0 : 1, requestedThreads: asked.threads)
    }
}
