import Catalog

/// A source of compared runs: a whole study, chosen runs of a study, or runs without a study.
struct ComparisonSource: Sendable {
    /// Nil for runs without a study.
    let study: StudyRecord?
    let models: [(model: String, entries: [StudyResults.Entry])]
    /// The protocols of these runs' values. If there is more than one, the values must not be compared.
    let protocols: [ProtocolRecord]
    /// The metrics for which any run has a value.
    let measured: Set<String>

    var name: String { study?.name ?? "runs of no study" }

    /// The study's id, also where the study's row is not known, as in links of earlier releases; nil for runs of no study.
    private let key: String?

    /// One source per study, and one for all runs without a study.
    func isSame(as other: ComparisonSource) -> Bool { key == other.key }

    init(_ results: StudyResults) {
        key = results.study.id
        study = results.study
        models = results.models
        protocols = results.protocols
        measured = results.measured
    }

    private init(_ study: StudyRecord?, key: String?, _ runs: [RunRecord], metric: String, under protocolDigest: String?, _ reader: CatalogReader) throws {
        self.key = key
        self.study = study
        (models, measured) = try StudyResults.byModel(runs, metric: metric, under: protocolDigest, reader)
        let numbers = runs.map(\.number)
        protocols = try protocolDigest.map { try reader.protocols(ofRuns: numbers, metric: metric, under: $0) } ?? reader.protocols(ofRuns: numbers, metric: metric)
    }

    /// Exactly these runs, without duplicates, by study in order of first appearance.
    /// - Errors: `ResultsError.unknownRun`
    static func of(runs ids: [String], metric: String, under protocolDigest: String? = nil, _ reader: CatalogReader) throws -> [ComparisonSource] {
        var groups: [(study: String?, runs: [RunRecord])] = []
        var seen: Set<String> = []
        for id in ids where seen.insert(id).inserted {
            guard let run = try reader.run(id) else { throw ResultsError.unknownRun(id) }
            if let place = groups.firstIndex(where: { $0.study == run.study }) {
                groups[place].runs.append(run)
            } else {
                groups.append((run.study, [run]))
            }
        }
        return try groups.map { group in
            try ComparisonSource(try group.study.flatMap { try reader.study($0) }, key: group.study, group.runs, metric: metric, under: protocolDigest, reader)
        }
    }
}
