import Canonical
import Experiments
import HTTPServer
import HTTPTypes

/// The experiments that cells of notebooks run.
extension API {
    func addExperiments(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/experiments", "Lists the experiments that a cell of a notebook can run, each with the fields that it takes.", needs: .viewer,
                answers: [.json(.array(.experiment))])
        ) { _, _ in
            .json(
                .array(
                    Experiment.allCases.map { experiment in
                        .object([
                            "name": .string(experiment.rawValue), "title": .string(experiment.title), "options": .array(experiment.options.map { .string($0.rawValue) }),
                            "needs_dataset": .bool(experiment.takes(.dataset)), "draws": experiment.takes(.draws) ? .count(experiment.defaultDraws) : .null,
                        ])
                    }))
        }
    }
}

extension Schema {
    static let experiment = Schema.named(
        "Experiment",
        .object([
            "name": .word(Experiment.allCases.map(\.rawValue)), "title": .string, "options": .array(.word(ExperimentOption.allCases.map(\.rawValue))), "needs_dataset": .boolean,
            "draws": .nullable(.count),
        ]))
}
