package import Canonical
package import Catalog

/// What a share link shows, as a digest: equal digests mean that the reader would see the same results.
package struct PinnedContent {
    /// SHA-256, lower-case hex.
    package let digest: String
    /// The progress in a few words.
    package let summary: JSONValue

    /// - Errors: `run-unknown`, `study-unknown`
    package init(_ kind: Share.Kind, _ target: String, _ reader: CatalogReader) throws {
        switch kind {
        case .run:
            let run = try PinnedContent.run(target, reader)
            digest = Digest.sha256(try PinnedContent.whole(run, reader).canonicalText).hex
            summary = try PinnedContent.summary(of: [run], reader)
        case .study:
            guard let study = try reader.study(target) else { throw ResultsError.unknownStudy(target) }
            let runs = try reader.runs(ofStudy: target)
            let content = JSONValue.object(["plan": .string(study.digest), "runs": try PinnedContent.results(of: runs, reader)])
            digest = Digest.sha256(content.canonicalText).hex
            summary = try PinnedContent.summary(of: runs, reader)
        case .comparison:
            let runs = try PinnedContent.runs(target).map { try PinnedContent.run($0, reader) }
            digest = Digest.sha256(try PinnedContent.results(of: runs, reader).canonicalText).hex
            summary = try PinnedContent.summary(of: runs, reader)
        case .view:
            let runs = try PinnedContent.runs(ofView: target, reader)
            digest = Digest.sha256(JSONValue.object(["view": .string(target), "runs": try PinnedContent.results(of: runs, reader)]).canonicalText).hex
            summary = try PinnedContent.summary(of: runs, reader)
        case .notebook:
            guard let (id, revision) = Share.revision(target), let notebook = try reader.notebook(id) else { throw CatalogError.unknown(kind: "notebook", id: target) }
            digest = try reader.notebookRevisions(notebook.number, limit: 1).first?.digest ?? revision
            summary = try PinnedContent.summary(of: [], reader)
        }
    }

    /// The runs behind a view: those that it names, and those of its studies.
    private static func runs(ofView target: String, _ reader: CatalogReader) throws -> [RunRecord] {
        let named = try View(reading: JSONValue(parsing: target)).named
        return try named.runs.map { try run($0, reader) }
            + named.studies.flatMap { id in
                guard try reader.study(id) != nil else { throw ResultsError.unknownStudy(id) }
                return try reader.runs(ofStudy: id)
            }
    }

    /// The rows that a pinned link shows: of one run, of a study with all its runs, of the runs of a comparison or behind a view; nil for a revision of a
    /// notebook, which pins itself.
    /// - Errors: `SnapshotTooLarge`
    package static func snapshot(_ kind: Share.Kind, _ target: String, _ reader: CatalogReader) throws -> CatalogSnapshot? {
        switch kind {
        case .run: try reader.snapshot(ofRuns: [target])
        case .study: try reader.snapshot(ofRuns: reader.runs(ofStudy: target).map(\.id), study: target)
        case .comparison: try reader.snapshot(ofRuns: runs(target), withStudies: true)
        case .view: try reader.snapshot(ofRuns: runs(ofView: target, reader).map(\.id), withStudies: true)
        case .notebook: nil
        }
    }

    /// The runs of a comparison's target.
    package static func runs(_ target: String) -> [String] {
        JSONValue(stored: target).arrayValue?.compactMap(\.stringValue) ?? []
    }

    private static func run(_ id: String, _ reader: CatalogReader) throws -> RunRecord {
        guard let run = try reader.run(id) else { throw ResultsError.unknownRun(id) }
        return run
    }

    /// All results that a run's page shows.
    private static func whole(_ run: RunRecord, _ reader: CatalogReader) throws -> JSONValue {
        .object([
            "result": result(run, try reader.scores(ofRun: run.number)),
            "evaluations": .array(
                try reader.evaluations(ofRun: run.number).map {
                    .array([.count($0.step), .string($0.metric), .optional($0.value), .string($0.protocolDigest), .string($0.encoderDigest)])
                }),
            "samples": .array(try reader.samples(ofRun: run.number).map { .array([.count($0.step), .string($0.digest)]) }),
            "checkpoints": .array(try reader.checkpoints(ofRun: run.number).map { .array([.count($0.step), .string($0.digest)]) }),
        ])
    }

    private static func results(of runs: [RunRecord], _ reader: CatalogReader) throws -> JSONValue {
        let scores = try reader.scores(ofRuns: runs.map(\.number))
        return .array(runs.map { result($0, scores[$0.number] ?? []) })
    }

    private static func result(_ run: RunRecord, _ scores: [ScoreRecord]) -> JSONValue {
        .object([
            "run": .string(run.id), "specification": .string(run.specificationDigest), "state": .string(run.state.rawValue),
            "step": .count(run.step), "final": .optional(run.finalDigest),
            "scores": .array(
                scores.map {
                    .array([.string($0.metric), .number($0.best), .count($0.bestStep), .number($0.final), .count($0.finalStep)])
                }),
        ])
    }

    private static func summary(of runs: [RunRecord], _ reader: CatalogReader) throws -> JSONValue {
        .object([
            "runs": .count(runs.count), "ended": .count(runs.count { $0.state.isFinal }),
            "steps": .count(runs.reduce(0) { $0.addingSaturating($1.step) }),
            "evaluations": .count(try reader.evaluationCount(ofRuns: runs.map(\.number))),
        ])
    }
}
