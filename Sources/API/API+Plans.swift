import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results
import Studies

/// Named plans of the study, and the reruns of a finished study.
extension API {
    private static let choices = [
        QueryParameter("dataset", .plain, "Name of the data set."), QueryParameter("models", .names(1...64), "Comma-separated names of models."),
        QueryParameter("settings", .integer(SpecificationLimits.settings), "Number of settings per model in a random search."),
        QueryParameter("seeds", .integer(SpecificationLimits.seedsOfPlan), "Number of seeds per setting."),
        QueryParameter("steps", .integer(SpecificationLimits.steps), "Training steps per run."),
        QueryParameter("width", .number(SpecificationLimits.width), "Width multiplier for the number of channels."),
        QueryParameter("batch_size", .integer(SpecificationLimits.batchSize), "Batch size: images per step."),
    ]

    func addPlans(to routes: inout RouteTable) {
        routes.add(
            Route(.get, "/plans", "Lists the named plans.", needs: .viewer, answers: [.json(.array(.namedPlan))])
        ) { _, _ in
            .json(
                .array(
                    NamedPlan.all.map {
                        ["name": .string($0.name), "title": .string($0.title), "description": .string($0.description), "ending": .string($0.ending)]
                    }))
        }
        routes.add(
            Route(
                .get, "/plans/{name}", "Returns a named plan with the chosen options, ready to submit as a study.", needs: .viewer, load: .computing, query: API.choices,
                answers: [.json(.writtenPlan)], problems: [.badRequest, .notFound])
        ) { request, parameters in
            guard let plan = NamedPlan.named(parameters["name"]) else {
                throw ServerError(
                    .notFound, code: "plan-unknown",
                    "there is no plan \(parameters["name"]), only \(NamedPlan.all.map(\.name).joined(separator: ", "))")
            }
            let choices = try API.planChoices(request)
            guard choices.settings == nil || plan.takesSettings else {
                throw ServerError(
                    .badRequest, code: "invalid-query", "settings: has no effect, because the plan \(plan.name) does not search at random", field: "settings")
            }
            return .json(plan.json(choices, models: planner.models))
        }
        routes.add(
            Route(
                .get, "/studies/{id}/reruns", "Returns a plan that reruns the best setting of each model of a finished study with many seeds.", needs: .viewer, load: .computing,
                query: [
                    QueryParameter.metric,
                    QueryParameter("selection", .word(RerunOrigin.Selection.allCases.map(\.rawValue)), "The evaluation that ranks settings: best or last of each run."),
                    QueryParameter("seeds", .integer(SpecificationLimits.seedsOfPlan), "Number of seeds (default: 50)."),
                ], answers: [.json(.writtenPlan)], problems: [.conflict, .unprocessableContent])
        ) { request, parameters in
            let selection = request.query.first("selection").flatMap(RerunOrigin.Selection.init) ?? .best
            let seeds = try request.integer("seeds", in: SpecificationLimits.seedsOfPlan) ?? 50
            let metric = request.metric
            let results = try await catalog.read { reader in
                guard try reader.progress(ofStudy: parameters["id"]).isFinished else {
                    throw ServerError(.conflict, code: "study-not-ended", "the study has not finished, so its best settings are not known yet")
                }
                return try StudyResults(parameters["id"], metric: metric, reader)
            }
            return .json(try planner.reruns(of: results, selection: selection, seeds: seeds))
        }
    }

    private static func planChoices(_ request: Request) throws -> PlanChoices {
        PlanChoices(
            dataset: request.query.first("dataset"), models: request.names("models"),
            settings: try request.integer("settings", in: SpecificationLimits.settings), seeds: try request.integer("seeds", in: SpecificationLimits.seedsOfPlan),
            steps: try request.integer("steps", in: SpecificationLimits.steps), width: request.query.first("width").flatMap(Double.init),
            batchSize: try request.integer("batch_size", in: SpecificationLimits.batchSize))
    }
}
