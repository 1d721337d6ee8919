package import Canonical
package import Catalog
import Events
package import Studies

/// Every run of a study with its values of one metric, by model in the order of the plan: what figures are made of.
package struct StudyResults: Sendable {
    /// One run with its value.
    package struct Entry: Sendable {
        /// The run as the catalog has it.
        package var run: RunRecord
        /// Its best and last value; nil where it has none.
        package var score: ScoreRecord?
        /// Why there is no score, where the metric was asked for and could not be computed.
        var problem: String?
        /// Done to its last step, with images that hardly differ.
        var isCollapsed: Bool { run.outcome == .collapsed }
    }

    /// The study whose runs these are.
    package var study: StudyRecord
    /// The name of the metric's value, such as "fid".
    package var metric: String
    /// In the order of the plan.
    package var models: [(model: String, entries: [Entry])] = []
    /// The metrics of which any run has a value.
    var measured: Set<String> = []
    /// What the numbers mean. More than one says that they must not be compared.
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

    /// Runs by model, in the order in which models first come, and the metrics that any of them has.
    static func byModel(
        _ runs: [RunRecord], metric: String, under protocolDigest: String? = nil, _ reader: CatalogReader
    ) throws -> (models: [(model: String, entries: [Entry])], measured: Set<String>) {
        let scores = try reader.scores(ofRuns: runs.map(\.number))
        let chosen = try protocolDigest.map { try reader.scores(ofRuns: runs.map(\.number), metric: metric, under: $0) }
        let problems = try reader.problems(ofRuns: runs.map(\.number), metric: metric)
        var models: [(model: String, entries: [Entry])] = []
        for run in runs {
            let score = chosen.map { $0[run.number] } ?? scores[run.number]?.first { $0.metric == metric }
            let entry = Entry(run: run, score: score, problem: score == nil && chosen == nil ? problems[run.number] : nil)
            if let place = models.firstIndex(where: { $0.model == run.model }) {
                models[place].entries.append(entry)
            } else {
                models.append((run.model, [entry]))
            }
        }
        return (models, Set(scores.values.flatMap { $0.map(\.metric) }))
    }

    /// Every run by model, as the API shows it.
    /// - Parameter known: all models there are, for their titles.
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
