import Archives
import Canonical
import Events
import Models
import Studies
import Testing

@testable import Training

/// The best evaluation keeps a checkpoint, wherever the plan's own checkpoints fall.
@Suite("The checkpoint of the best evaluation", .serialized) struct KeptBestTests {
    private static func specification(checkpointEvery: Int, metrics: [JSONValue] = ["fid"]) throws -> Specification {
        try Specification(
            reading: [
                "model": "ns-gan", "dataset": "polygons", "steps": 14, "batch_size": 8, "seed": 773, "architecture": ["width": 0.0625], "sample_every": 14,
                "checkpoint_every": .integer(Int64(checkpointEvery)), "evaluation": ["every": 2, "samples": 256, "metrics": .array(metrics)],
            ], models: ModelCatalog.schemas, datasets: TrainingFixture.facts)
    }

    private struct Trained {
        var checkpoints: [(step: Int, digest: Digest, isFinal: Bool)] = []
        var values: [(step: Int, value: Double)] = []

        init(_ specification: Specification, objective: String? = nil, counting metric: String = "fid") throws {
            let folder = try TrainingFixture.folder("best", specification)
            _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1, objective: objective).run()
            for line in try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")) {
                switch try RunEvent(line: Array(line)).kind {
                case .checkpoint(let one): checkpoints.append((one.step, try Digest(hex: one.digest), one.final))
                case .evaluation(let one) where one.metric == metric: values.append((one.step, try #require(one.value)))
                default: break
                }
            }
        }

        /// The steps that must be saved: those of the plan, and before each of these the best value so far, if it was measured since the one before.
        func expected(every: Int, last: Int) -> [Int] {
            var steps: [Int] = [], best: (step: Int, value: Double)?, saved = 0
            for step in 1...last {
                if let measured = values.first(where: { $0.step == step }), best.map({ measured.value < $0.value }) ?? true { best = measured }
                guard step % every == 0 || step == last else { continue }
                if let best, best.step > saved, best.step < step { steps.append(best.step) }
                steps.append(step)
                saved = step
            }
            return steps
        }
    }

    @Test func isSavedBeforeTheNextOne() throws {
        let trained = try Trained(Self.specification(checkpointEvery: 5))
        #expect(trained.values.count == 7)
        #expect(trained.checkpoints.map(\.step) == trained.expected(every: 5, last: 14))
        // The plan alone would save none of the values' steps but 10 and 14.
        let best = try #require(trained.values.min { ($0.value, $0.step) < ($1.value, $1.step) })
        #expect(trained.checkpoints.contains { $0.step == best.step })
        #expect(trained.checkpoints.filter(\.isFinal).map(\.step) == [14])
    }

    /// Its tensors are those of a plan that saves every step.
    @Test func hasTheStateOfItsStep() throws {
        let (sparse, dense) = try (Trained(Self.specification(checkpointEvery: 14)), Trained(Self.specification(checkpointEvery: 2)))
        let added = try #require(sparse.checkpoints.first), archives = try ArchiveStore(root: "\(TrainingFixture.storage)/archives")
        let same = try #require(dense.checkpoints.first { $0.step == added.step })
        let (one, other) = try (archives.read(added.digest), archives.read(same.digest))
        #expect(sparse.checkpoints.count == 2 && added.step < 14 && one.entries == other.entries && one.manifest["metrics"] == other.manifest["metrics"])
    }

    /// The objective of a study may be another than the default.
    @Test func goesByTheObjective() throws {
        let specification = try Self.specification(checkpointEvery: 14, metrics: ["fid", "kid"])
        let trained = try Trained(specification, objective: "kid", counting: "kid")
        #expect(trained.values.count == 7 && trained.checkpoints.map(\.step) == trained.expected(every: 14, last: 14))
        #expect(try Trained(specification, objective: "bits_per_dimension").checkpoints.map(\.step) == [14])
    }

    @Test func aStopSavesItBefore() throws {
        let specification = try Self.specification(checkpointEvery: 14)
        let whole = try TrainingFixture.train(specification)
        var stopped = try TrainingFixture.train(specification, stoppingAfter: [3])
        let steps = stopped.results.filter { $0.contains("\"type\":\"checkpoint\"") }.count
        #expect(steps >= whole.results.filter { $0.contains("\"type\":\"checkpoint\"") }.count + 1)
        stopped.results.removeAll { !whole.results.contains($0) && $0.contains("\"type\":\"checkpoint\"") }
        #expect(stopped == whole)
    }
}
