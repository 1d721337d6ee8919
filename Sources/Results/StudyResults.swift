package import Canonical
package import Catalog
import Events
package import Studies

/// Every run of a study with its values of one metric, by model in plan order: the input of figures.
package struct StudyResults: Sendable {
    /// One run with its value.
    package struct Entry: Sendable {
        /// The run's row.
        package var run: RunRecord
        /// Its best and last value; nil without any.
        package var score: ScoreRecord?
        /// Why there is no score, if the metric was requested but could not be computed.
        var problem: String?
        /// Whether the run has an evaluation of the metric, with or without a value.
        var isEvaluated = true
        /// Whether the run ended with a result, a failure included; cancelled runs have none.
        var hasEnded: Bool { [.done, .diverged, .failed].contains(run.state) }
        /// Completed, with images that hardly differ.
        var isCollapsed: Bool { run.outcome == .collapsed }
    }

    /// The study.
    package var study: StudyRecord
    /// The name of the metric's value, such as "fid".
    package var metric: String
    /// In plan order.
    package var models: [(model: String, entries: [Entry])] = []
    /// The metrics for which any run has a value.
    var measured: Set<String> = []
    /// The protocols of the values. If there is more than one, the values must not be compared.
    package var protocols: [ProtocolRecord] = []

    /// Reads the runs of a study with their values.
    /// - Parameter asked: the metric; nil for the study's objective.
    /// - Parameter protocolDigest: the protocol whose values count; nil for each run's primary one.
    /// - Errors: `ResultsError.unknownStudy`, `CatalogError`
    package init(_ id: String, metric asked: String? = nil, under protocolDigest: String? = nil, _ reader: CatalogReader) throws {
        guard let study = try reader.study(id) else { throw ResultsError.unknownStudy(id) }
        let metric = asked ?? study.objective.metric
        self.study = study
        self.metric = metric
        let runs = try reader.runs(ofStudy: id)
        (models, measured) = try StudyResults.byModel(runs, metric: metric, under: protocolDigest, reader)
        protocols = try protocolDigest.map { try reader.protocols(ofRuns: runs.map(\.number), metric: metric, under: $0) }
            ?? reader.protocols(ofStudy: id, metric: metric)
    }

    /// - Errors: `MetricNotMeasured` if no run has an evaluation of the metric and the plan does not ask for one.
    func checkIsMeasured() throws(MetricNotMeasured) {
        guard !models.contains(where: { $0.entries.contains(where: \.isEvaluated) }) else { return }
        try MetricNotMeasured.check(metric, study: study.id, planned: study.planned, measured: measured)
    }

    /// Runs by model, in order of first appearance, and the metrics that any of them has.
    static func byModel(
        _ runs: [RunRecord], metric: String, under protocolDigest: String? = nil, _ reader: CatalogReader
    ) throws -> (models: [(model: String, entries: [Entry])], measured: Set<String>) {
        let scores = try reader.scores(ofRuns: runs.map(\.number))
        let chosen = try protocolDigest.map { try reader.scores(ofRuns: runs.map(\.number), metric: metric, under: $0) }
        let problems = try reader.problems(ofRuns: runs.map(\.number), metric: metric)
        let evaluated = try reader.evaluated(ofRuns: runs.map(\.number), metric: metric, under: protocolDigest)
        var models: [(model: String, entries: [Entry])] = []
        for run in runs {
            let score = chosen.map { $0[run.number] } ?? scores[run.number]?.first { $0.metric == metric }
            let entry = Entry(
                run: run, score: score, problem: score == nil && chosen == nil ? problems[run.number] : nil, isEvaluated: evaluated.contains(run.number))
            if let place = models.firstIndex(where: { $0.model == run.model }) {
                models[place].entries.append(entry)
            } else {
                models.append((run.model, [entry]))
            }
        }
        return (models, Set(scores.values.flatMap { $0.map(\.metric) }))
    }

    /// Every run by model, as the API shows it.
    /// - Parameter known: all known models, for their titles.
    package func json(models known: [ModelSchema]) -> JSONValue {
        .object([
            "study": .string(study.id), "metric": .string(metric), "direction": .string(MetricDirection(metric: metric).rawValue),
            "protocol": protocols.first.map(StudyResults.json) ?? .null, "protocols": .array(protocols.map(StudyResults.json)),
            "models": .array(
                models.map { model in
                    .object([
                        "model": .string(model.model), "title": .string(known.first { $0.name == model.model }?.title ?? model.model),
                        "runs": .array(model.entries.map(StudyResults.json)),
                    ])
                }),
        ])
    }

    static func json(_ meaning: ProtocolRecord) -> JSONValue {
        .object([
            "digest": .string(meaning.digest), "encoder": .string(meaning.encoder),
            "encoder_digest": .string(meaning.encoderDigest), "samples": .count(meaning.samples),
            "reference_split": .string(meaning.referenceSplit),
        ])
    }

    private static func json(_ entry: Entry) -> JSONValue {
        .object([
            "run": .string(entry.run.id), "setting": .optional(entry.run.setting), "seed": .integer(entry.run.seed),
            "state": .string(entry.run.state.rawValue), "outcome": .optional(entry.run.outcome?.rawValue), "problem": .optional(entry.problem),
            "best": entry.score.map { .object(["value": .number($0.best), "step": .count($0.bestStep)]) } ?? .null,
            "final": entry.score.map { .object(["value": .number($0.final), "step": .count($0.finalStep)]) } ?? .null,
            "hyperparameters": JSONValue(stored: entry.run.specification)["hyperparameters"] ?? .object([:]),
        ])
    }
}
