import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results

extension API {
    func addStudies(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/studies", "Lists studies, filtered, sorted, and paginated.", needs: .viewer, load: .reading,
                query: QueryParameter.list("state = 'running' and name ~ 'polygons'", order: "-runs"), answers: [.json(.studyPage)])
        ) { request, _ in
            try await listStudies(try request.listQuery(.studies, newestFirst: "-created"))
        }
        routes.add(
            Route(
                .get, "/studies/{id}", "Returns a study.", needs: .viewer.orShare(.study), load: .reading, answers: [.json(.study)])
        ) { _, parameters in
            .json(try await fullStudy(parameters["id"]))
        }
        routes.add(
            Route(
                .post, "/studies/{id}/cancel", "Cancels all unfinished runs of a study.", needs: .editor, body: .json(.reasonRequest, isRequired: false), answers: [.json(.study)])
        ) { request, parameters in
            let study = try await workbench.cancel(study: parameters["id"], reason: try await API.reason(request), by: Visitor.current)
            return .json(try await fullStudy(study.id))
        }
        routes.add(
            Route(
                .get, "/studies/{id}/results", "Returns the values of one metric for all runs of a study, by model.", needs: .viewer.orShare(.study), load: .reading, query: [QueryParameter.metric], answers: [.json(.studyResults)])
        ) { request, parameters in
            try await answer(View(.results(study: parameters["id"], metric: request.metric)), .json)
        }
    }

    private func listStudies(_ query: ListQuery) async throws -> Response {
        .json(
            try await catalog.read { reader in
                let page = try reader.studies(query)
                let progress = try reader.progressOfStudies()
                let studies = try page.entries.map { study in
                    try reader.studyJSON(study, progress[study.id] ?? StudyProgress(), workers: workbench.settings.workerLimit)
                        .adding("labels", LabelJSON.labels(try reader.labels(of: study)))
                }
                return .object([
                    "studies": .array(studies), "total": .count(page.total), "next_page_token": .optional(page.nextPageToken),
                ])
            })
    }

    func fullStudy(_ id: String) async throws -> JSONValue {
        // Under a pinned link nothing is running: an estimate by today's workers would drift.
        let (isPinned, isGuest) = (Visitor.current.share?.object != nil, Visitor.current.share != nil)
        let rules = isGuest ? QueueRules() : workbench.queueRules
        return try await catalog.read { reader in
            guard let study = try reader.study(id) else { throw WorkbenchError.unknownStudy(id) }
            let progress = try reader.progress(ofStudy: id), workers = workbench.settings.workerLimit
            var json = try reader.studyJSON(study, progress, workers: workers)
            // What the team says among itself is not for readers of a link.
            if !isGuest {
                json = json.adding("labels", LabelJSON.labels(try reader.labels(of: study))).adding("deletion", try reader.deletion(of: .study, id).map(API.deletion) ?? .null)
            }
            if isPinned { return json.adding("remaining_seconds", .null) }
            if isGuest { return json }
            let most = min(workers, rules.limit(ofStudy: id) ?? workers)
            let left = progress.isFinished ? nil : try timeLeft(ofStudy: study, workers: most, window: rules[.init(.study, id)].window ?? rules[.queue].window, reader)
            let plans = try reader.plans(ofStudy: id)
            return json.adding("queue", QueueJSON.study(rules, id)).adding("remaining_range", QueueJSON.range(left)).adding(
                "plans", .array(plans.map { .object(["digest": .string($0.digest), "time": .number($0.time), "actor": .optional($0.actor), "reason": .string($0.reason)]) }))
        }
    }
}
