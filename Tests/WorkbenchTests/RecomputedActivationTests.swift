import Canonical
import Datasets
import Models
import Storage
import Studies
import Testing
import Training

@testable import Execution

/// Memory estimates of models whose activations can be computed again.
@Suite struct RecomputedActivationTests {
    private let datasets = DatasetStore(root: "/nonexistent/datasets")

    private func json(depth: Int = 4) -> JSONValue {
        [
            "model": "glow", "dataset": "polygons", "steps": 20, "batch_size": 32, "architecture": ["width": 0.125], "hyperparameters": ["depth": .integer(Int64(depth)), "initialization_examples": 32],
            "evaluation": ["samples": 256],
        ]
    }

    private func need(depth: Int = 4, recomputes: Bool) throws -> MemoryNeed {
        let specification = try Specification(reading: json(depth: depth), models: ModelCatalog.schemas, datasets: datasets.facts)
        return try MemoryNeed(specification, datasets: datasets, recomputesActivations: recomputes)
    }

    private func planner(limit: Int) -> RunPlanner { RunPlanner(models: ModelCatalog.schemas, datasets: datasets, memory: MemoryEstimates(limit: limit)) }

    /// A run that fits only without stored activations is accepted, with that need; where it fits either way, it keeps them.
    @Test func aRunThatFitsWithoutActivationsIsAccepted() throws {
        let kept = try need(recomputes: false), recomputed = try need(recomputes: true)
        #expect(recomputed.scratch < kept.scratch && recomputed.state == kept.state)
        #expect(try planner(limit: (kept.total + recomputed.total) / 2).run(reading: json()).memory == recomputed)
        #expect(try planner(limit: kept.total).run(reading: json()).memory == kept)
        #expect(throws: FieldError.self) { () throws in _ = try planner(limit: recomputed.total - 1).run(reading: json()) }
    }

    /// Runs of one model with other networks have needs of their own; another learning rate is the same kind.
    @Test func hyperparametersDecide() throws {
        let planner = planner(limit: 64 << 30)
        let deep = try planner.run(reading: json(depth: 6)).memory, shallow = try planner.run(reading: json(depth: 1)).memory
        #expect(try deep == need(depth: 6, recomputes: false) && shallow == need(depth: 1, recomputes: false) && deep != shallow)
    }

    @Test func theWorkerIsTold() {
        let folder = RunFolder(path: "/r"), plain = WorkerJob(folder: folder, storage: StorageFolder(root: "/s"), threads: 1)
        let told = WorkerJob(folder: folder, storage: StorageFolder(root: "/s"), threads: 1, recomputesActivations: true)
        #expect(told.arguments == plain.arguments + ["--recompute-activations"])
    }
}
