import Canonical
import Catalog
import HTTPServer
import HTTPTypes

extension API {
    func addStudies(to router: inout Router) {
        add(.get, "/studies", needs: .viewer, to: &router) { _, _ in
            .json(
                try await catalog.read { reader in
                    let progress = try reader.progressOfStudies()
                    return .array(
                        try reader.studies().map { study in
                            try reader.studyJSON(
                                study, progress[study.id] ?? StudyProgress(), workers: workbench.settings.workerLimit)
                        })
                })
        }
        add(.get, "/studies/{id}", needs: .viewer, to: &router) { _, parameters in
            .json(try await fullStudy(parameters["id"]))
        }
        add(.post, "/studies/{id}/cancel", needs: .editor, to: &router) { _, parameters in
            let study = try await workbench.cancel(study: parameters["id"])
            try await audit("cancel", "study \(study.id)")
            return .json(try await fullStudy(study.id))
        }
        add(.get, "/studies/{id}/results", needs: .viewer, to: &router) { request, parameters in
            try request.allowQuery("metric")
            let metric = request.query.first("metric") ?? "fid"
            return .json(try await catalog.read { try StudyResults(parameters["id"], metric: metric, $0).json(models: planner.models) })
        }
    }

    func fullStudy(_ id: String) async throws -> JSONValue {
        try await catalog.read { reader in
            guard let study = try reader.study(id) else { throw WorkbenchError.unknownStudy(id) }
            return try reader.studyJSON(study, try reader.progress(ofStudy: id), workers: workbench.settings.workerLimit)
        }
    }
}
