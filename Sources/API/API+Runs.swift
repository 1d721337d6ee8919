import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Engine
import Results

extension API {
    func addRuns(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/runs", "Lists runs, filtered, sorted, and paginated.", needs: .viewer, load: .reading, query: QueryParameter.list("model = 'wgan' and (fid < 30 or state = 'failed')", order: "model, fid desc"), answers: [.json(.runPage)])
        ) { request, _ in try await listRuns(request) }
        routes.add(
            Route(
                .get, "/runs/{id}", "Returns a run.", needs: .viewer.orShare(.run), answers: [.json(.run)])
        ) { _, parameters in
            guard let share = Visitor.current.share else { return .json(try await runWithQueue(try await catalog.read { try run(parameters, $0) })) }
            let json = try await catalog.read { try fullRun(try run(parameters, $0), $0) }
            return .json(GuestView.run(json, of: share))
        }
        routes.add(
            Route(
                .post, "/runs/{id}/cancel", "Cancels a run: removes it from the queue or stops its worker.", needs: .editor, body: .json(.reasonRequest, isRequired: false), answers: [.json(.run)], problems: [.conflict])
        ) { request, parameters in
            let run = try await workbench.cancel(run: parameters["id"], reason: try await API.reason(request), by: Visitor.current)
            return .json(try await catalog.read { try fullRun(run, $0) })
        }
        routes.add(
            Route(
                .post, "/runs/{id}/resume", "Resumes a failed or cancelled run from its newest checkpoint.", needs: .editor, body: .json(.reasonRequest, isRequired: false), answers: [.json(.run)], problems: [.conflict])
        ) { request, parameters in
            let run = try await workbench.resume(run: parameters["id"], reason: try await API.reason(request), by: Visitor.current)
            return .json(try await catalog.read { try fullRun(run, $0) })
        }
        routes.add(
            Route(
                .post, "/runs/{id}/rerun", "Queues a rerun of the same specification; its results are compared with the original, digest by digest.", needs: .editor, body: .json(.rerunRequest, isRequired: false, example: ["threads": 1]), takesKey: true,
                answers: [.json(.run, status: .created).making("/runs/{id}"), .json(.run, "The run that an earlier request with this key created.")], problems: [.conflict])
        ) { request, parameters in
            try await rerun(request, parameters["id"])
        }
        routes.add(
            Route(
                .get, "/runs/{id}/history", "Returns the changes of a run, and of the queue while it was unfinished, each with its time, reason, and actor.", needs: .viewer.orShare(.run), load: .reading, answers: [.json(.array(.historyEntry))])
        ) { _, parameters in
            let history = try await catalog.read { reader in try reader.history(ofRun: try run(parameters, reader).number) }
            return .json(.array((Visitor.current.share == nil ? history : history.filter { $0.scope == .run }.map(GuestView.history)).map(RunJSON.history)))
        }
        routes.add(
            Route(
                .get, "/runs/{id}/verification", "Returns the result of comparing a rerun with its original.", needs: .viewer.orShare(.run), answers: [.json(.either([.verification, .noVerification]))])
        ) { _, parameters in
            let (id, found) = try await catalog.read { reader in
                let run = try run(parameters, reader)
                return (run.id, try reader.verification(ofRun: run.number).map(RunJSON.verification))
            }
            guard let found else { return .json(.object(["state": .string("none"), "rerun": .null])) }
            return .json(Visitor.current.share.map { GuestView.verification(found, of: $0, shown: id) } ?? found)
        }
    }

    func fullRun(_ run: RunRecord, _ reader: CatalogReader) throws -> JSONValue {
        RunJSON.full(
            run, scores: try reader.scores(ofRun: run.number), verification: try reader.verification(ofRun: run.number)
        ).adding("labels", LabelJSON.labels(try reader.labels(ofRun: run.number))).adding("deletion", try reader.deletion(ofRun: run.number).map(API.deletion) ?? .null)
        .adding("attempts", .array(try reader.attempts(ofRun: run.number).map(RunJSON.attempt)))
            .adding("equal_weights", .array(try reader.runsWithEqualWeights(as: run.number).map { .string($0) })).adding(try reader.bestCheckpoint(of: run))
    }

    private func listRuns(_ request: Request) async throws -> Response {
        let query = try request.listQuery(.runs(naming: RunVocabulary(of: planner.models)))
        return .json(
            try await catalog.read { reader in
                let page = try reader.page(query)
                let scores = try reader.scores(ofRuns: page.runs.map(\.number)), labels = try reader.labels(ofRuns: page.runs.map(\.number))
                return .object([
                    "runs": .array(page.runs.map { RunJSON.full($0, scores: scores[$0.number] ?? []).adding("labels", LabelJSON.labels(labels[$0.number] ?? Labels())) }),
                    "total": .count(page.total), "next_page_token": .optional(page.nextPageToken),
                    "cautions": .array(try ListCautions.all(query, reader).map { .string($0) }),
                ])
            })
    }

    private func rerun(_ request: Request, _ id: String) async throws -> Response {
        let (value, digest) = try await request.optionalJSON()
        var fields = try FieldReader(value)
        let threads = try fields.optionalInteger("threads", in: 1...256)
        let kernels = try fields.optionalOneOf("kernels", KernelSet.available.map(\.rawValue))
        try fields.finish()
        let key = try request.idempotencyKey(route: "runs/\(id)/rerun", digest: digest)
        let (run, isNew) = try await workbench.rerun(id, threads: threads, kernels: kernels, key: key, by: Visitor.current)
        return try await created(run, isNew)
    }

    /// 201 for a run that this request created, 200 for one that it found.
    /// - Parameter estimate: the expected cost of the run, if requested.
    func created(_ run: RunRecord, _ isNew: Bool, estimate: JSONValue? = nil) async throws -> Response {
        let full = try await catalog.read { try fullRun(try $0.requiredRun(run.id), $0) }
        var response = Response.json(estimate.map { full.adding("estimate", $0) } ?? full, status: isNew ? .created : .ok)
        response.headerFields[.location] = "/api/v1/runs/\(run.id)"
        return response
    }
}
