import Catalog

/// Where compared runs come from: a whole study, chosen runs of a study, or runs of no study.
struct ComparisonSource: Sendable {
    /// Nil for runs of no study.
    let study: StudyRecord?
    let models: [(model: String, entries: [StudyResults.Entry])]
    /// What the numbers of these runs mean. More than one says that they must not be compared.
    let protocols: [ProtocolRecord]
    /// The metrics of which any run has a value.
    let measured: Set<String>

    var name: String { study?.name ?? "runs of no study" }

    /// There is one source for each study, and one for all runs of none.
    func isSame(as other: ComparisonSource) -> Bool { study?.id == other.study?.id }

    init(_ results: StudyResults) {
        study = results.study
        models = results.models
        protocols = results.protocols
        measured = results.measured
    }

    private init(_ study: StudyRecord?, _ runs: [RunRecord], metric: String, under protocolDigest: String?, _ reader: CatalogReader) throws {
        self.study = study
        (models, measured) = try StudyResults.byModel(runs, metric: metric, under: protocolDigest, reader)
        let numbers = runs.map(\.number)
        protocols = try protocolDigest.map { try reader.protocols(ofRuns: numbers, metric: metric, under: $0) } ?? reader.protocols(ofRuns: numbers, metric: metric)
    }

    /// Exactly these runs, each once, by study in the order in which studies first come.
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
            try ComparisonSource(try group.study.flatMap { try reader.study($0) }, group.runs, metric: metric, under: protocolDigest, reader)
        }
    }
}
