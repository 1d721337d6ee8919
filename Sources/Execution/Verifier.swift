import Canonical
import Catalog

/// Compares the results of two completed runs of one specification: every training metric, sample grid, evaluation, and checkpoint, and
/// how the runs ended.
///
/// A value that only one side has is a difference, unless lines of the other's record are damaged: it may then have been lost, and without
/// another difference the comparison is inconclusive.
struct Verifier {
    private var verdict: VerificationRecord
    private var differences: [Difference] = []
    /// Whether the record of a side has damaged lines.
    private let isDamaged: (original: Bool, rerun: Bool)
    private var isIncomplete = false

    private struct Difference {
        var step: Int
        /// Among differences at one step, the one that occurs first in training is reported.
        var rank: Int
        var kind: String
        var name: String?
        var original: String?
        var rerun: String?
    }

    /// Everything about one run that is compared.
    struct Side {
        var run: RunRecord
        var metrics: MetricTable
        var samples: [SampleRecord]
        var evaluations: [EvaluationRecord]
        var checkpoints: [CheckpointRecord]

        init(_ run: RunRecord, _ reader: CatalogReader) throws {
            self.run = run
            metrics = try reader.metrics(ofRun: run.number)
            samples = try reader.samples(ofRun: run.number)
            // What evaluation jobs measured later is not what the run itself gave.
            evaluations = try reader.evaluations(ofRun: run.number).filter { $0.isPrimary && $0.job == nil }
            checkpoints = try reader.checkpoints(ofRun: run.number)
        }
    }

    static func compare(_ original: Side, _ rerun: Side) -> VerificationRecord {
        var verifier = Verifier(original, rerun)
        verifier.compareMetrics(original, rerun)
        verifier.compareSamples(original, rerun)
        verifier.compareEvaluations(original, rerun)
        verifier.compareCheckpoints(original, rerun)
        verifier.compareOutcomes(original, rerun)
        return verifier.concluded()
    }

    private init(_ original: Side, _ rerun: Side) {
        verdict = VerificationRecord(original: original.run.id, rerun: rerun.run.id, state: .identical)
        isDamaged = (original.run.damagedEvents > 0, rerun.run.damagedEvents > 0)
    }

    private mutating func compareMetrics(_ original: Side, _ rerun: Side) {
        let names = Set(original.metrics.names).union(rerun.metrics.names).sorted()
        for name in names {
            verdict.metrics += compare("metrics", rank: 0, name, Verifier.values(name, original), Verifier.values(name, rerun))
        }
    }

    /// The values of a metric by step, as texts that differ if any bit does.
    private static func values(_ name: String, _ side: Side) -> [Int: String] {
        guard let column = side.metrics.names.firstIndex(of: name) else { return [:] }
        var values: [Int: String] = [:]
        for (step, value) in zip(side.metrics.steps, side.metrics.columns[column]) {
            if let value { values[step] = "\(value)" }
        }
        return values
    }

    private mutating func compareSamples(_ original: Side, _ rerun: Side) {
        func digests(_ side: Side) -> [Int: String] {
            Dictionary(side.samples.map { ($0.step, $0.digest) }, uniquingKeysWith: { $1 })
        }
        verdict.samples = compare("samples", rank: 2, nil, digests(original), digests(rerun))
    }

    private mutating func compareEvaluations(_ original: Side, _ rerun: Side) {
        let names = Set((original.evaluations + rerun.evaluations).map(\.metric)).sorted()
        for name in names {
            func values(_ side: Side) -> [Int: String] {
                let found = side.evaluations.filter { $0.metric == name }.map {
                    ($0.step, ($0.value.map { "\($0)" } ?? "null") + " under protocol " + $0.protocolDigest)
                }
                return Dictionary(found, uniquingKeysWith: { $1 })
            }
            verdict.evaluations += compare("evaluation", rank: 3, name, values(original), values(rerun))
        }
    }

    /// A run that was stopped and resumed has checkpoints where it stopped; these have no counterpart.
    private mutating func compareCheckpoints(_ original: Side, _ rerun: Side) {
        func digests(_ side: Side) -> [Int: String] {
            Dictionary(side.checkpoints.map { ($0.step, $0.digest) }, uniquingKeysWith: { $1 })
        }
        let (a, b) = (digests(original), digests(rerun))
        let common = Set(a.keys).intersection(b.keys)
        verdict.checkpoints = compare(
            "checkpoint", rank: 1, nil, a.filter { common.contains($0.key) }, b.filter { common.contains($0.key) })
    }

    /// The end of training: its outcome, the step of a divergence, and the digest of the last checkpoint of a completed run.
    private mutating func compareOutcomes(_ original: Side, _ rerun: Side) {
        func outcome(_ run: RunRecord) -> String { run.state == .diverged ? "diverged after step \(run.step)" : run.state.rawValue }
        let step = max(original.run.step, rerun.run.step)
        _ = compare("outcome", rank: 4, nil, [step: outcome(original.run)], [step: outcome(rerun.run)])
        func final(_ run: RunRecord) -> [Int: String] { run.finalDigest.map { [step: $0] } ?? [:] }
        let both = original.run.state == .done && rerun.run.state == .done
        if compare("final", rank: 5, nil, final(original.run), final(rerun.run)) == 0, both { isIncomplete = true }
    }

    /// Compares two columns over the union of their steps, keeps the first difference, and returns the number of values compared.
    private mutating func compare(
        _ kind: String, rank: Int, _ name: String?, _ original: [Int: String], _ rerun: [Int: String]
    ) -> Int {
        let steps = Set(original.keys).union(rerun.keys).sorted()
        for step in steps where original[step] != rerun[step] {
            if original[step] == nil && isDamaged.original || rerun[step] == nil && isDamaged.rerun {
                isIncomplete = true
                continue
            }
            differences.append(
                Difference(step: step, rank: rank, kind: kind, name: name, original: original[step], rerun: rerun[step]))
            break
        }
        return steps.count
    }

    private func concluded() -> VerificationRecord {
        var result = verdict
        let first = differences.min { ($0.step, $0.rank, $0.name ?? "") < ($1.step, $1.rank, $1.name ?? "") }
        guard let first else {
            if isIncomplete || verdict.compared == 0 { result.state = .inconclusive }
            return result
        }
        result.state = .different
        result.firstDifference =
            JSONValue.object([
                "step": .integer(Int64(first.step)), "kind": .string(first.kind), "name": .optional(first.name),
                "original": .optional(first.original), "rerun": .optional(first.rerun),
            ]).canonicalText
        return result
    }
}
