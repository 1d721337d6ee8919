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
    /// Evaluations that a list shows.
    private static let mostListed = 200

    func addEvaluations(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/evaluations",
                "Queues the evaluation of a run's checkpoint, or of one checkpoint of each run of a study. What is queued, running or done already is answered, not queued again.",
                needs: .editor, load: .expanding, body: .json(.evaluationRequest), takesKey: true,
                answers: [
                    .json(.evaluationsQueued, status: .created, "What is queued now."), .json(.evaluationsQueued, "Everything was queued or done already."),
                ], problems: [.notFound, .conflict, .unprocessableContent, .internalServerError])
        ) { request, _ in try await evaluate(request) }
        routes.add(
            Route(
                .get, "/evaluations", "The evaluations of a run's checkpoints, or of all runs of a study, newest first: at most 200.", needs: .viewer,
                load: .reading, query: [QueryParameter("run", .runID, "A run."), QueryParameter("study", .studyID, "A study.")],
                answers: [.json(.evaluationList)], problems: [.notFound])
        ) { request, _ in try await listEvaluations(request) }
        routes.add(
            Route(
                .get, "/evaluations/{id}", "One evaluation of a checkpoint, with what it measured.", needs: .viewer, answers: [.json(.evaluationJob)])
        ) { _, parameters in
            .json(try await catalog.read { try fullEvaluation(parameters["id"], $0) })
        }
        routes.add(
            Route(
                .post, "/evaluations/{id}/cancel", "Takes an evaluation from the queue, or tells its worker to stop. Values measured before are kept.",
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
        let (run, study) = (request.query.first("run"), request.query.first("study"))
        return .json(
            try await catalog.read { reader in
                let number = try run.map { id in
                    guard let run = try reader.run(id) else { throw WorkbenchError.unknownRun(id) }
                    return run.number
                }
                if let study, try reader.study(study) == nil { throw WorkbenchError.unknownStudy(study) }
                let jobs = try reader.evaluationJobs(ofRun: number, ofStudy: study, limit: API.mostListed)
                return .object(["evaluations": .array(jobs.map { EvaluationJobJSON.full($0) })])
            })
    }

    /// What a request asks for.
    private struct Asked: Sendable {
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
            guard (run == nil) != (study == nil) else { throw fields.error(run == nil ? "run" : "study", "exactly one of run and study is needed") }
        }

        var target: String { run.map { "run \($0)" } ?? "study \(study ?? "")" }
    }

    private func evaluate(_ request: Request) async throws -> Response {
        let (json, digest) = try await request.json()
        let asked = try Asked(reading: json)
        let key = try request.idempotencyKey(route: "evaluations", digest: digest)
        let (planned, skipped) = try await catalog.read { try plan(asked, $0) }
        if planned.count == 1, let only = planned.first, asked.run != nil {
            try await checkArchive(only.checkpoint, at: try workbench.storage.archive(only.checkpoint))
        }
        let (jobs, made) = try await workbench.evaluate(planned, of: asked.target, key: key, by: Visitor.current)
        var response = Response.json(
            [
                "evaluations": .array(jobs.map { EvaluationJobJSON.full($0) }), "queued": .count(made),
                "skipped": .array(skipped.map { .object(["run": .string($0.run), "reason": .string($0.reason)]) }),
            ], status: made > 0 ? .created : .ok)
        if asked.run != nil, let job = jobs.first { response.headerFields[.location] = "/api/v1/evaluations/\(job.id)" }
        return response
    }

    /// The evaluations that a request means, and the runs of a study that are left out, with the reason.
    /// - Errors: `FieldError` for an evaluation that does not suit a run; `WorkbenchError`, for a study where no run has the checkpoint.
    private func plan(_ asked: Asked, _ reader: CatalogReader) throws -> (new: [NewEvaluation], skipped: [(run: String, reason: String)]) {
        if let id = asked.run {
            guard let run = try reader.run(id) else { throw WorkbenchError.unknownRun(id) }
            return ([try plan(asked, run, reader)], [])
        }
        let id = asked.study ?? ""
        guard try reader.study(id) != nil else { throw WorkbenchError.unknownStudy(id) }
        var planned: [NewEvaluation] = [], skipped: [(run: String, reason: String)] = []
        var first: WorkbenchError?
        for run in try reader.runs(ofStudy: id) {
            try Task.checkCancellation()
            do {
                planned.append(try plan(asked, run, reader))
            } catch let error as WorkbenchError {
                first = first ?? error
                skipped.append((run.id, "\(error)"))
            }
        }
        if planned.isEmpty, let first { throw first }
        return (planned, skipped)
    }

    private func plan(_ asked: Asked, _ run: RunRecord, _ reader: CatalogReader) throws -> NewEvaluation {
        let specification = try Specification(canonical: try JSONValue(parsing: Array(run.specification.utf8)), models: planner.models)
        guard let dataset = planner.facts.first(where: { $0.name == run.dataset }), dataset.digest == specification.dataset.digest else {
            throw FieldError(path: asked.run == nil ? "study" : "run", problem: .rule("the data set \(run.dataset) is not the one that run \(run.id) was trained on"))
        }
        let own = specification.evaluation
        let checkpoint = try asked.choice.checkpoint(of: run, reader)
        let path = try workbench.storage.archive(checkpoint.digest)
        guard FileSystem.exists(path) else { throw WorkbenchError.missingArchive(checkpoint.digest, run: run.id) }
        let wanted = try CheckpointEvaluation(of: Digest(hex: checkpoint.digest), asked: asked.evaluation, own: own, dataset: dataset)
        return NewEvaluation(
            run: run.id, step: checkpoint.step, checkpoint: checkpoint.digest, request: wanted.json.canonicalText, requestDigest: wanted.json.digest.hex,
            requestedThreads: asked.threads)
    }
}
