import Archives
import Canonical
import Graphs
import Foundation
import Models
import Studies
import Synchronization
import Engine
import Testing

@testable import Training

/// The promise of the project: a run is a pure function of its specification.
@Suite(.serialized) struct SameBitsTests {
    static let models = ["ns-gan", "wgan", "wgan-gp"]

    /// Every model on images, and every model with fully connected networks on points.
    static let shortTrainings: [(model: String, isPoints: Bool)] = ModelCatalog.schemas.flatMap { schema in
        (schema.architectures.contains { $0 != ModelSchema.pointArchitecture } ? [(schema.name, false)] : [])
            + (schema.architectures.contains(ModelSchema.pointArchitecture) ? [(schema.name, true)] : [])
    }

    /// Every model: one pinned digest for any number of threads, any kernels, and any interruption. If one changes, a number of some
    /// result has changed: raise `Version.numerics` and record it in CHANGELOG.md.
    @Test(arguments: shortTrainings) func everyModelHasOneDigest(model: String, isPoints: Bool) throws {
        let training = try ShortTraining(model: model, isPoints: isPoints)
        let reference = try training.digest()
        #expect(reference == Self.pinned[isPoints ? "\(model) on points" : model])
        for threads in [2, 3, 8] {
            #expect(try training.digest(threads: threads) == reference, "\(threads) threads")
        }
        for kernels in KernelSet.available {
            #expect(try training.digest(threads: 2, kernels: kernels) == reference, "\(kernels) kernels")
        }
        for step in [1, 4] {
            #expect(try training.digest(resumingAfter: step) == reference, "resumed after step \(step)")
        }
    }

    /// Activations that are computed again for gradients have the bits of those that are kept, and take less memory.
    @Test(arguments: ["srflow", "rrdb", "esrgan", "glow"]) func recomputedActivationsHaveTheSameBits(model: String) throws {
        let recomputed = try ShortTraining(model: model, isPoints: false, recomputesActivations: true)
        #expect(try recomputed.digest(threads: 2) == Self.pinned[model])
        let kept = try ShortTraining(model: model, isPoints: false)
        for (kept, recomputed) in zip(kept.program.phases, recomputed.program.phases) { #expect(kept.plan.digest != recomputed.plan.digest, "\(kept.name)") }
    }

    /// A whole run with its evaluations and grids. Evaluations are the same work for every model, and slow on the scalar kernels.
    @Test func threadsAndKernelsGiveOneRecord() throws {
        let model = "ns-gan"
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
        // A stop saves a checkpoint, which is all that the record of a resumed run has in addition.
        let saved = resumed.results.filter { line in [3, 5].contains { line.contains("\"step\":\($0),\"type\":\"checkpoint\"") } }
        #expect(saved.count == 2 && saved.allSatisfy { $0.contains("\"final\":false") }, "\(saved)")
        resumed.results.removeAll(where: saved.contains)
        #expect(resumed == reference)
    }

    /// The log of a killed worker ends anywhere: the run is cut at several bytes and resumed.
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

    /// A checkpoint that only a stop saved is stored again if it is damaged when the run continues, also where the next worker ends before that step.
    @Test func aDamagedCheckpointOfAStopIsStoredAgain() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan", seed: 61)
        let whole = try TrainingFixture.train(specification)
        let folder = try TrainingFixture.folder("damaged", specification)
        func run(stoppingAfter steps: Int) throws -> TrainingOutcome {
            let asked = Atomic<Int>(0)
            return try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1) { asked.add(1, ordering: .relaxed).oldValue >= steps }.run()
        }
        #expect(try run(stoppingAfter: 3) == .interrupted(step: 3))
        let saved = try TrainingFixture.record(folder, .interrupted(step: 3)).results.filter { $0.contains("\"step\":3,\"type\":\"checkpoint\"") }
        let digest = try #require(try saved.first.flatMap { try JSONValue(parsing: $0)["digest"]?.stringValue })
        let path = try ArchiveStore(root: "\(TrainingFixture.storage)/archives").file(for: Digest(hex: digest))
        var bytes = try FileSystem.read(path)
        bytes[bytes.count / 2] ^= 0x10
        try AtomicFile.write(bytes, to: path)
        // From the beginning, and no further than step 2, which becomes the newest checkpoint.
        #expect(try run(stoppingAfter: 2) == .interrupted(step: 2))
        #expect(throws: ArchiveError.self) { try Archive.read(path) }
        var resumed = try TrainingFixture.record(folder, run(stoppingAfter: 1000))
        #expect(try Archive.read(path).digest.hex == digest)
        resumed.results.removeAll { line in [2, 3].contains { line.contains("\"step\":\($0),\"type\":\"checkpoint\"") } }
        #expect(resumed == whole)
    }

    /// What a killed worker was writing does not stay in the folder.
    @Test func whatAKilledWorkerWasWritingIsRemoved() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan")
        let folder = try TrainingFixture.folder("leftovers", specification)
        for path in [folder.path, folder.samples] { try AtomicFile.write([1], to: "\(path)/.x.png.1-1.partial") }
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        for path in [folder.path, folder.samples] { #expect(try FileSystem.names(in: path).filter { $0.hasSuffix(".partial") } == []) }
    }

    @Test func anotherSeedGivesOtherBits() throws {
        let first = try TrainingFixture.train(TrainingFixture.specification(model: "ns-gan", seed: 1))
        let second = try TrainingFixture.train(TrainingFixture.specification(model: "ns-gan", seed: 2))
        #expect(first.outcome != second.outcome)
    }
}

extension SameBitsTests {
    /// Golden digests of short trainings: losses, grids, and distances, without what names the program's version. If one changes, a number of
    /// some result has changed: raise `Version.numerics` and record it in CHANGELOG.md.
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

    static let pinned: [String: String] = [
        "mm-gan": "da27098a683da95103a53ff1f0d3d3ae79352b3e748a7a12e96ebefe94d2edbf",
        "mm-gan on points": "19853f19e1f3a555883d293218d93e9aa7cf87671863703c77b1e2f20b61f1cd",
        "ns-gan": "cd83e16c251041b6a96cc16519fd3309366892812d24608575093c75d4676232",
        "ns-gan on points": "19c9461a673b70e4d4df2971a824ff8acf54366bfc9238f67eed1e89a4527d7d",
        "lsgan": "732b1bebb8a46f62cd71aae83505d88447b940cfcd2f62422e023d07ee5847dd",
        "lsgan on points": "4a682c5a60c9ed5d2fbb22ce54ec686771619cf48e954849bd5c068550b7b763",
        "wgan": "7130efda590abd27c1578c8e6140a8256f6b54542b476b6265a7a95c08ac64b9",
        "wgan on points": "c1537cb544fc12cf6a56eba7e4f5f8157633055fdca561cc7c07d53b2d07d2a7",
        "wgan-gp": "8028d8402188ab7c6dbde97d96a58c270217dae1bf6ed13d986644d50a83eeb5",
        "wgan-gp on points": "91ddee95e7aab8fd8e74036d31dec3c8bc50389317ec289a945dafacdcfc8684",
        "dragan": "02208ffeab1ddd9171431bcdf035d4f549634432597f611b07b13da67cbda7bf",
        "dragan on points": "b750e0127d04079f251b6a01ccb3d769049b292cd5cbbfd2351fecf789119b16",
        "began": "f4c15dc26128788a9cf7fd8de961eaadc9bf4acd69b79a8f34e18f4959e312d8",
        "began on points": "5b663872035c538363de85180d1f7683f348b23ed7071c33035b44a66c0a6a08",
        "vae": "0814e9d16b19436d257123e72a636fb1cf7b29886eddba7f52df9e4e7110747b",
        "vae on points": "9b0c338d32c996d2f9da2c5aaaa1ca270ff476213ac8fb8777fdc3a3abe21323",
        "wgt-wgan": "bfb34931cd82d5fc16d7c16dbcbacfc84e26c3744af604f37402b787fdc25bd7",
        "realnvp on points": "0ead9dbc5c182e16afc193bc88c54320e6e8609099424442ec5365803c85a70e",
        "glow": "554a7959db083c9e32f0303407e227b06d7a2360aa3bbe9d1c59df9245b495c0",
        "wgt-gan": "073a0ab60a16eece048db9ec147439b2c079c5e59bc0abf74352cec5526c17a0",
        "srflow": "0ab49e8f16f47f2d42d5703c4d05d5d3ab298a983e32084e4100f8871ce6e522",
        "rrdb": "d20edbb800e859e6b6db6b3c881c61cee8db6f89c948d47493bf16fa53d1e510",
        "esrgan": "a8a176f420556839c76c0c26095e746530fdf176becf6735832e771639a5158c",
        "bicubic": "c398a5c6293bbb07e2f1d57ade2d220128521bffcb63e1a9861f844035e73c01",
    ]
}
