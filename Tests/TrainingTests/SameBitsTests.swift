import Canonical
import Foundation
import Tensors
import Testing

@testable import Training

/// The promise of the project: a run is a pure function of its specification.
@Suite(.serialized) struct SameBitsTests {
    static let models = ["ns-gan", "wgan", "wgan-gp"]

    @Test(arguments: models) func threadsAndKernelsGiveOneRecord(model: String) throws {
        let specification = try TrainingFixture.specification(model: model)
        let reference = try TrainingFixture.train(specification)
        guard case .done = reference.outcome else { Issue.record("\(reference.outcome)"); return }
        #expect(reference.results.contains { $0.contains("\"metric\":\"fid\"") })
        for threads in [2, 3, 8] {
            #expect(try TrainingFixture.train(specification, threads: threads) == reference, "\(threads) threads")
        }
        for kernels in KernelSet.available {
            #expect(try TrainingFixture.train(specification, threads: 2, kernels: kernels) == reference, "\(kernels) kernels")
        }
    }

    @Test(arguments: models) func stoppedAndResumedGivesTheSameRecord(model: String) throws {
        let specification = try TrainingFixture.specification(model: model)
        let reference = try TrainingFixture.train(specification)
        var resumed = try TrainingFixture.train(specification, stoppingAfter: [3, 2])
        // A stop saves a checkpoint of its own; all that the uninterrupted run reports must be there, and equal.
        resumed.results = resumed.results.filter { reference.results.contains($0) }
        #expect(resumed == reference)
    }

    /// A killed worker leaves a log that ends anywhere: the run is cut at each of several bytes and resumed.
    @Test func killedAtAnyByteOfTheLog() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan")
        let folder = try TrainingFixture.folder("whole", specification)
        let reference = try TrainingFixture.record(folder, TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run())
        let log = try FileSystem.read(folder.events)
        for part in [0.0, 0.31, 0.52, 0.77, 0.97] {
            let cut = try TrainingFixture.folder("cut", specification)
            try AtomicFile.write(Array(log.prefix(Int(Double(log.count) * part))), to: cut.events)
            let resumed = try TrainingFixture.record(cut, TrainingRun(folder: cut, storage: TrainingFixture.storage, threads: 1).run())
            #expect(resumed == reference, "cut at \(part)")
        }
    }

    @Test func anotherSeedGivesOtherBits() throws {
        let first = try TrainingFixture.train(TrainingFixture.specification(model: "ns-gan", seed: 1))
        let second = try TrainingFixture.train(TrainingFixture.specification(model: "ns-gan", seed: 2))
        #expect(first.outcome != second.outcome)
    }
}

extension SameBitsTests {
    /// Golden digests of short trainings: losses, grids and distances, without what names the program's version. Where one of these moves, a number of
    /// some result has changed: raise `Version.numerics` and say so in CHANGELOG.md.
    static let golden = [
        "ns-gan": "c9b3861cc233fe46319a827f2713e238f3c0548e6f88c0dee664c104b7582af8",
        "wgan": "1b5c5a2c437856a08afdc720e3ba91ddcbabc667b32a17a0e8c46993f409b49d",
        "wgan-gp": "d27ce66e17d8ae525ba45ece06d82e2330b767c0fa08ded9618f854c80ec6b0a",
    ]

    @Test(arguments: models) func goldenDigest(model: String) throws {
        let record = try TrainingFixture.train(TrainingFixture.specification(model: model))
        let results = record.results.filter { !$0.contains("\"type\":\"checkpoint\"") }
        #expect(Digest.sha256(results.joined(separator: "\n")).hex == Self.golden[model])
    }
}
