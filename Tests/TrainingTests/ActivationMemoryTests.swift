import Datasets
import Graphs
import Models
import Studies
import Testing

@testable import Training

/// Which program a worker trains: with kept activations, or with recomputed ones.
@Suite struct ActivationMemoryTests {
    private static func program(_ activations: ActivationMemory, model: String = "glow") throws -> TrainingProgram {
        let specification = try TrainingFixture.specification(model: model)
        let dataset = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load(specification.dataset.name)
        return try TrainingRun(folder: RunFolder(path: "/nonexistent"), storage: TrainingFixture.storage, threads: 1, activations: activations)
            .program(specification, of: dataset)
    }

    private static func plan(_ activations: ActivationMemory, model: String = "glow") throws -> Plan { try program(activations, model: model).mainPhase.plan }

    @Test func theBoundDecides() throws {
        let kept = try Self.plan(.kept), recomputed = try Self.plan(.recomputed)
        #expect(recomputed.scratchBytes < kept.scratchBytes && recomputed.productOperations > kept.productOperations)
        #expect(try Self.plan(.fitting(bytes: nil)).digest == kept.digest && Self.plan(.fitting(bytes: 1 << 40)).digest == kept.digest)
        #expect(try Self.plan(.fitting(bytes: 1 << 20)).digest == recomputed.digest)
    }

    /// A model without segments has one program.
    @Test func otherModelsAreTheSame() throws { #expect(try Self.plan(.kept, model: "ns-gan").digest == Self.plan(.recomputed, model: "ns-gan").digest) }
}
