package import Canonical
package import Catalog
import Events

/// The results that a view rests on, by digest: two equal bases show the same, and what differs says which results have changed.
package struct ViewBasis: Sendable, Equatable {
    /// A run whose results are shown.
    package struct Run: Sendable, Equatable {
        /// The run's public id.
        package var run: String
        /// Of what the view shows of this run (docs/reproduction.md, section 2).
        package var digest: String
        /// Whether the run has ended.
        package var hasEnded = false
        /// How many evaluations of it the view rests on.
        package var evaluations = 0
    }

    /// The runs whose results are shown.
    package var runs: [Run] = []
    /// Digests of evaluation protocols, sorted.
    package var protocols: [String] = []
    /// Digests of feature extractors, sorted.
    package var extractors: [String] = []

    /// The digests as JSON, for the record of a rendering.
    package var json: JSONValue {
        .object([
            "runs": .array(runs.map { ["run": .string($0.run), "digest": .string($0.digest)] }), "protocols": .array(protocols.map { .string($0) }),
            "extractors": .array(extractors.map { .string($0) }),
        ])
    }
}

extension ViewResolver {
    /// - Errors: `ResultsError.unknownStudy`, `.unknownRun`
    package func basis(of asked: View, _ reader: CatalogReader) throws -> ViewBasis {
        let view = try naming(asked, reader)
        let (studies, named) = view.named
        var runs: [RunRecord] = []
        for study in studies {
            guard try reader.study(study) != nil else { throw ResultsError.unknownStudy(study) }
            runs += try ReadMemo.runs(ofStudy: study, reader)
        }
        for id in named {
            guard let run = try reader.run(id) else { throw ResultsError.unknownRun(id) }
            if !runs.contains(where: { $0.number == run.number }) { runs.append(run) }
        }
        switch view.content {
        case .compared(_, let query, _), .groups(let query), .page(.comparison(let query, _, _)):
            if !query.models.isEmpty { runs = runs.filter { query.models.contains($0.model) } }
            // Values of another metric or of other protocols are shown too.
            if case .compared(let figure, _, _) = view.content, figure.showsOtherValues { return try basis(of: runs, metric: nil, under: nil, reader) }
            return try basis(of: runs, metric: query.metric, under: query.protocolDigest, reader)
        case .overview(_, let metric, _), .results(_, let metric): return try basis(of: runs, metric: metric, under: nil, reader)
        case .grid(_, let step):
            return ViewBasis(
                runs: try runs.map { run in
                    let sample = try step.map { try reader.sample(ofRun: run.number, step: $0) } ?? reader.latestSample(ofRun: run.number)
                    return result(run, ["samples": .array(sample.map { [.array([.count($0.step), .string($0.digest)])] } ?? [])])
                })
        case .curves(_, let model, let series):
            return ViewBasis(
                runs: try runs.filter { $0.model == model }.map { run in
                    result(run, ["series": .object(RunJSON.metrics(try reader.metrics(ofRun: run.number, names: [series])))])
                })
        case .page: return try basis(of: runs, metric: nil, under: nil, isWhole: true, reader)
        }
    }

    func basis(
        of runs: [RunRecord], metric: String?, under protocolDigest: String?, isWhole: Bool = false, _ reader: CatalogReader
    ) throws -> ViewBasis {
        func key(_ run: RunRecord) -> ReadMemo.RunKey { ReadMemo.RunKey(run: run.number, metric: metric, protocolDigest: protocolDigest) }
        let memo = isWhole ? nil : ReadMemo.current
        var known = memo?.runs(runs.map(key)) ?? [:]
        let unknown = runs.filter { known[key($0)] == nil }
        if !unknown.isEmpty {
            let evaluations = try reader.evaluations(ofRuns: unknown.map(\.number), metric: metric, under: protocolDigest)
            var found: [ReadMemo.RunKey: ReadMemo.KnownRun] = [:]
            for run in unknown {
                let own = evaluations[run.number] ?? []
                var shown: [String: JSONValue] = ["evaluations": .array(own.map(Self.row))]
                if isWhole {
                    shown["samples"] = .array(try reader.samples(ofRun: run.number).map { .array([.count($0.step), .string($0.digest)]) })
                    shown["checkpoints"] = .array(try reader.checkpoints(ofRun: run.number).map { .array([.count($0.step), .string($0.digest)]) })
                }
                found[key(run)] = ReadMemo.KnownRun(run: result(run, shown), protocols: Set(own.map(\.protocolDigest)), extractors: Set(own.map(\.encoderDigest)))
            }
            memo?.add(found)
            known.merge(found) { $1 }
        }
        var basis = ViewBasis(), protocols: Set<String> = [], extractors: Set<String> = []
        for run in runs {
            guard let one = known[key(run)] else { continue }
            basis.runs.append(one.run)
            protocols.formUnion(one.protocols)
            extractors.formUnion(one.extractors)
        }
        (basis.protocols, basis.extractors) = (protocols.sorted(), extractors.sorted())
        return basis
    }

    private static func row(_ evaluation: EvaluationRecord) -> JSONValue {
        .array([.string(evaluation.metric), .count(evaluation.step), .string(evaluation.protocolDigest), .optional(evaluation.value), .optional(evaluation.problem)])
    }

    private func result(_ run: RunRecord, _ shown: [String: JSONValue]) -> ViewBasis.Run {
        let content = shown.merging([
            "run": .string(run.id), "specification": .string(run.specificationDigest), "state": .string(run.state.rawValue),
            "outcome": .optional(run.outcome?.rawValue), "final": .optional(run.finalDigest),
        ]) { $1 }
        return ViewBasis.Run(
            run: run.id, digest: JSONValue.object(content).digest.hex, hasEnded: run.state.isFinal, evaluations: shown["evaluations"]?.arrayValue?.count ?? 0)
    }
}
