public import Canonical
public import Catalog
import Figures
public import Studies

/// The compared runs, by study and model: the input of figures and tests.
public struct Comparison: Sendable {
    /// A model of a study, or of runs without a study.
    struct Group: Sendable {
        var source: ComparisonSource
        var model: String
        var title: String
        /// Determines its style in every figure.
        var appearance: SeriesAppearance
        var entries: [StudyResults.Entry]
        /// Numbers of the ended runs that were never measured by the metric; they are in no denominator.
        var unmeasured: Set<Int64>
    }

    /// What was asked for, its metric filled in.
    public let query: ComparisonQuery
    /// The name of the compared value, such as "fid".
    public let metric: String
    /// The metric unless another is asked for.
    public let objective: Objective
    let direction: MetricDirection
    let groups: [Group]
    let sources: [ComparisonSource]
    private let known: [ModelSchema]
    /// The distinct protocols of the values.
    let protocols: [ProtocolRecord]
    /// Values by metric, for figures of two metrics.
    let against: [String: Values]
    /// Values by temperature, for their figure.
    let sweep: TemperatureSweep
    /// Values by kind of latent normalization, for their figure.
    let normalized: NormalizedLatents
    /// Values of the metric by other feature extractors.
    let agreement: ExtractorAgreement

    /// - Parameter known: all known models; a model's index among them determines its style.
    /// - Errors: `ResultsError.unknownStudy`, `ResultsError.unknownRun`.
    public init(_ query: ComparisonQuery, models known: [ModelSchema], _ reader: CatalogReader) throws {
        let objective = try query.objective(reader), metric = query.metric ?? objective.metric
        var query = query
        query.metric = metric
        self.query = query
        self.metric = metric
        self.objective = objective
        self.known = known
        direction = MetricDirection(metric: metric)
        sources = try query.studies.map { ComparisonSource(try ReadMemo.results($0, metric: metric, under: query.protocolDigest, reader)) }
            + ComparisonSource.of(runs: query.runs, metric: metric, under: query.protocolDigest, reader)
        var protocols: [ProtocolRecord] = []
        for meaning in sources.flatMap(\.protocols) where !protocols.contains(where: { $0.digest == meaning.digest }) { protocols.append(meaning) }
        self.protocols = protocols
        groups = Comparison.groups(sources, query, metric, known)
        against = try Comparison.values(sources, query, metric, reader)
        sweep = try TemperatureSweep(sources, metric: metric, reader)
        normalized = try NormalizedLatents(sources, query, metric, reader)
        agreement = try ExtractorAgreement(sources, query, metric, protocols, reader)
    }

    private static func groups(_ sources: [ComparisonSource], _ query: ComparisonQuery, _ metric: String, _ known: [ModelSchema]) -> [Group] {
        // Models that this program does not have get styles that no known model has.
        let strangers = Set(sources.flatMap(\.models).map(\.model)).subtracting(known.map(\.name)).sorted()
        return sources.enumerated().flatMap { place, source in
            source.models.filter { query.models.isEmpty || query.models.contains($0.model) }.map { model in
                let index = known.firstIndex { $0.name == model.model }
                let name = index.map { known[$0].title } ?? model.model
                // The same model in another study has its color and marker, and another dash pattern.
                let look = SeriesAppearance(index: index ?? known.count + (strangers.firstIndex(of: model.model) ?? 0), variant: place)
                return Group(
                    source: source, model: model.model, title: sources.count > 1 ? "\(name) · \(source.name)" : name, appearance: look,
                    entries: model.entries, unmeasured: unmeasured(model.entries, metric))
            }
        }
    }

    /// A model's title.
    func known(_ model: String) -> String { known.first { $0.name == model }?.title ?? model }

    /// Whether the study samples this hyperparameter on a logarithmic scale.
    func isLogarithmic(_ parameter: String, of model: String) -> Bool {
        known.first { $0.name == model }?.hyperparameter(parameter)?.wide?.isLogarithmic ?? false
    }

    var isMixed: Bool { protocols.count > 1 }
    var metricTitle: String { MetricChoice.title(of: metric) }
    var better: String { direction.words }
    var title: String { sources.map(\.name).joined(separator: " and ") }

    var measurement: MeasurementProtocol? {
        guard protocols.count == 1, let meaning = protocols.first else { return nil }
        return MeasurementProtocol(meaning)
    }

    /// The score of a run for statistics, smaller being better; nil for a failure.
    func score(_ entry: StudyResults.Entry) -> Double? {
        guard entry.run.state == .done, let value = value(entry), value.isFinite else { return nil }
        return direction == .minimise ? value : -value
    }

    func value(_ entry: StudyResults.Entry) -> Double? { query.selection == .best ? entry.score?.best : entry.score?.final }

    /// A signed score with its sign restored for display.
    func shown(_ score: Double) -> Double { direction == .minimise ? score : -score }

    /// Runs that ended, including failures, except cancelled ones.
    func ended(_ group: Group) -> [StudyResults.Entry] { group.entries.filter(\.hasEnded) }

    /// The ended runs in every denominator: those that were measured by the metric, and failures.
    func counted(_ group: Group) -> [StudyResults.Entry] { ended(group).filter { !group.unmeasured.contains($0.run.number) } }

    /// One score per counted run; nil for a failure.
    func scores(_ group: Group) -> [Double?] { counted(group).map(score) }

    /// The same with failures as plus infinity.
    func ranked(_ group: Group) -> [Double] { scores(group).map { $0 ?? .infinity } }

    /// The requested scale, or the one derived from the values, with a note about it.
    func chosen(_ scale: AxisScale?) -> (scale: AxisScale, notes: [String]) {
        AxisScale.chosen(scale, for: groups.flatMap(\.entries).compactMap { [.done, .running].contains($0.run.state) ? value($0) : nil })
    }

    /// The note that every figure carries about its runs.
    var notes: [String] { notes(counts: true) }

    /// - Parameter counts: whether to count the runs of each group; a figure that uses a subset counts its own.
    func notes(counts isCounting: Bool) -> [String] {
        var notes: [String] = []
        if isMixed {
            notes.append("MIXED: these numbers were measured under \(protocols.count) evaluation protocols and must not be compared in size.")
        }
        let counts = groups.map { group in "\(group.title) \(counted(group).count)" }.joined(separator: ", ")
        let failures = groups.reduce(0) { $0 + scores($1).count { $0 == nil } }
        notes.append(
            "\(query.selection == .best ? "Best evaluation" : "Last evaluation") of each run."
                + (isCounting ? " n: \(counts)." : "") + (failures > 0 ? " \(failures) failed or diverged, and stay in every denominator." : ""))
        let waiting = groups.reduce(0) { $0 + $1.entries.count - ended($1).count }
        if waiting > 0 { notes.append("\(waiting) runs have not ended or were cancelled and are left out.") }
        if let unmeasuredNote { notes.append(unmeasuredNote) }
        return notes + MetricChoice.cautions(of: metric)
    }

    /// The compared runs and groups, as the API shows them.
    public var json: JSONValue {
        .object([
            "metric": .string(metric), "objective": objective.json, "direction": .string(direction.rawValue), "selection": .string(query.selection.rawValue),
            "mixed": .bool(isMixed), "differences": .array(ProtocolDifference.all(in: protocols).map { .string($0.description) }),
            "protocols": .array(protocols.map(StudyResults.json)),
            "figures": .array(ComparisonFigure.allCases.filter(shows).map { .object(["name": .string($0.rawValue), "title": .string($0.title)]) }),
            "measured": .array(Set(sources.flatMap(\.measured)).sorted().map { .string($0) }),
            "groups": .array(
                groups.map { group in
                    .object([
                        "study": .optional(group.source.study?.id), "study_name": .string(group.source.name), "model": .string(group.model),
                        "title": .string(group.title), "runs": .count(group.entries.count), "ended": .count(counted(group).count),
                        "failures": .count(scores(group).count { $0 == nil }), "unmeasured": .count(group.unmeasured.count),
                        "collapsed": .count(counted(group).count(where: \.isCollapsed)),
                    ])
                }),
        ])
    }
}
