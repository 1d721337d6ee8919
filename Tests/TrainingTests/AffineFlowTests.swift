import Archives
import Canonical
import Datasets
import Engine
import Foundation
import Metrics
import Models
import Numerics
import Studies
import Testing

@testable import Training

/// A non-adversarial model, trained without changes to the training room, which depends only on the training program.
@Suite("A model that is not a GAN", .serialized) struct AffineFlowTests {
    static let models: [any StudyModel] = ModelCatalog.all + [AffineFlow(), AffineFlow(isConditional: false)]

    static func specification(
        _ model: String = "affine-flow", dataset: String = "ring", steps: Int = 12, every: Int = 4, metrics: [String] = ["fid"], seed: Int = 0,
        hyperparameters: [String: JSONValue] = [:]
    ) throws -> Specification {
        try Specification(
            reading: [
                "model": .string(model), "dataset": .string(dataset), "steps": .integer(Int64(steps)), "batch_size": 32, "seed": .integer(Int64(seed)),
                "sample_every": .integer(Int64(every)), "checkpoint_every": .integer(Int64(every)), "hyperparameters": .object(hyperparameters),
                "evaluation": ["every": .integer(Int64(steps / 2)), "samples": dataset == "polygons" ? 1000 : 3000, "metrics": .array(metrics.map { .string($0) })],
            ], models: models.schemas, datasets: TrainingFixture.facts)
    }

    /// Trains, and reads the run's output.
    private static func run(_ specification: Specification) throws -> (outcome: TrainingOutcome, events: [JSONValue], folder: RunFolder) {
        let folder = try TrainingFixture.folder("flow", specification)
        let outcome = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1, models: models).run()
        return (outcome, try events(folder), folder)
    }

    private static func events(_ folder: RunFolder) throws -> [JSONValue] {
        try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
    }

    private static func checkpoint(_ events: [JSONValue], step: Int64) throws -> Archive {
        let event = try #require(events.first { $0["type"] == "checkpoint" && $0["step"] == .integer(step) })
        return try ArchiveStore(root: "\(TrainingFixture.storage)/archives").read(Digest(hex: event["digest"]?.stringValue ?? ""))
    }

    private static func numbers(_ archive: Archive, _ name: String) throws -> [Float] {
        guard case .float32(let values)? = archive[name]?.elements else { throw ExportError.notACheckpoint(archive.digest) }
        return values
    }

    private static func evaluated(_ events: [JSONValue], _ metric: String) -> [JSONValue] {
        events.filter { $0["type"] == "evaluation" && $0["metric"]?.stringValue == metric }
    }

    // MARK: Training

    /// The optimum of the likelihood is known, and samples for given labels have the data's distribution. The best FID is that of data against data.
    @Test func itFindsTheKnownOptimumOfTheLikelihood() throws {
        let trained = try Self.run(Self.specification(steps: 1600, every: 1600, metrics: ["fid", "modes"], hyperparameters: ["learning_rate": 0.1]))
        guard case .done = trained.outcome else { Issue.record("\(trained.outcome)"); return }
        let last = try Self.checkpoint(trained.events, step: 1600), modes = try #require(DatasetDescription.ring.modes)
        let bias = try Self.numbers(last, "flow/bias"), means = try Self.numbers(last, "conditioner/means"), scale = try Self.numbers(last, "flow/log_scale")
        for (mode, center) in modes.centers.enumerated() {
            for axis in 0..<2 { #expect(abs(Double(bias[axis] + means[2 * mode + axis]) - center[axis]) < 0.006, "\(mode) \(bias) \(means)") }
        }
        #expect(scale.allSatisfy { abs(exp(-Double($0)) / modes.deviation - 1) < 0.1 }, "\(scale)")
        let entropy = 0.5 * log(2 * Double.pi * M_E) + log(modes.deviation)
        let losses = trained.events.compactMap { $0["values"]?["nats_per_dimension"]?.numberValue }.suffix(100)
        let loss = losses.reduce(0, +) / Double(losses.count)
        #expect(losses.count == 100 && abs(loss - entropy) < 0.05, "\(loss) beside \(entropy)")
        let distance = try #require(Self.evaluated(trained.events, "fid").last?["value"]?.numberValue)
        #expect(distance < 1e-4, "\(distance)")
        #expect(Self.evaluated(trained.events, "modes").last?["value"] == 8)
        let quality = try #require(Self.evaluated(trained.events, "modes_high_quality").last?["value"]?.numberValue)
        #expect(abs(quality - 0.98889) < 0.02, "\(quality)")
    }

    @Test func threadsKernelsAndAnotherSeed() throws {
        let specification = try Self.specification(), reference = try TrainingFixture.train(specification, models: Self.models)
        #expect(reference.results.contains { $0.contains("\"metric\":\"fid\"") })
        #expect(try TrainingFixture.train(specification, threads: 3, models: Self.models) == reference)
        for kernels in KernelSet.available {
            #expect(try TrainingFixture.train(specification, threads: 2, kernels: kernels, models: Self.models) == reference, "\(kernels)")
        }
        #expect(try TrainingFixture.train(Self.specification(seed: 1), models: Self.models) != reference)
    }

    /// Interrupted anywhere: before the first checkpoint the initialization is repeated, after it never again, before and after the conditioner is unfrozen.
    @Test(arguments: [0, 3]) func killedAnywhereAndResumedGivesTheSameBits(initialization: Int) throws {
        let specification = try Self.specification(hyperparameters: ["initialization_step": .integer(Int64(initialization))])
        let whole = try Self.run(specification), reference = try TrainingFixture.record(whole.folder, whole.outcome)
        let lines = try FileSystem.read(whole.folder.events).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        #expect(whole.events.contains { $0["type"] == "checkpoint" && $0["step"] == .integer(Int64(initialization)) })
        for kept in stride(from: 0, to: lines.count, by: 3) {
            let cut = try TrainingFixture.folder("flow-cut", specification)
            // With half of the next line.
            let bytes = Array(lines[..<kept].joined(separator: [UInt8(ascii: "\n")])) + (kept > 0 ? [UInt8(ascii: "\n")] : [])
            try AtomicFile.write(bytes + Array(lines[kept].prefix(lines[kept].count / 2)), to: cut.events)
            let outcome = try TrainingRun(folder: cut, storage: TrainingFixture.storage, threads: 1, models: Self.models).run()
            #expect(try TrainingFixture.record(cut, outcome) == reference, "\(kept) of \(lines.count) lines")
        }
    }

    @Test func stoppedAndResumedLosesNothing() throws {
        let specification = try Self.specification(), reference = try TrainingFixture.train(specification, models: Self.models)
        let resumed = try TrainingFixture.train(specification, stoppingAfter: [1, 4, 3], models: Self.models)
        #expect(resumed.outcome == reference.outcome && Set(resumed.results).isSuperset(of: reference.results))
    }

    // MARK: Data-dependent initialization

    /// After the initialization, z has mean 0 and variance 1 over the examples that it read, which are the first in the run's data order.
    @Test func theFirstCheckpointHoldsWhatTheDataSays() throws {
        let specification = try Self.specification(seed: 5), trained = try Self.run(specification)
        let first = try Self.checkpoint(trained.events, step: 0)
        let train = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("ring").split("train")
        var order = DataOrder(images: train.count, batchSize: 40, seed: 5)
        let points = train.images(at: order.indices(step: 1)).map(Double.init)
        let bias = try Self.numbers(first, "flow/bias").map(Double.init), scale = try Self.numbers(first, "flow/log_scale").map(Double.init)
        for axis in 0..<2 {
            let z = (0..<40).map { (points[2 * $0 + axis] - bias[axis]) * exp(scale[axis]) }
            let mean = z.reduce(0, +) / 40, variance = z.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40
            #expect(abs(mean) < 1e-6 && abs(variance - 1) < 1e-5, "\(mean) \(variance)")
        }
        #expect(try Self.numbers(first, "conditioner/means").allSatisfy { $0 == 0 } && first.manifest["step"] == 0)
        // The exported initial state is the same to the bit, and its picture is that of the grid of step 0.
        let path = "\(TrainingFixture.storage)/flow-initial.npz"
        try ExportMaker(storage: TrainingFixture.storage, threads: 2, models: Self.models).make(.initial(specification: specification.json), to: path)
        #expect(try Archive.read(path).digest == first.digest)
        #expect(trained.events.first { $0["type"] == "samples" }?["step"] == 0)
    }

    /// A run resumed from the first checkpoint does not initialize again: it keeps values that differ from those of the data.
    @Test func aResumedRunDoesNotInitializeAgain() throws {
        let specification = try Self.specification(steps: 4, every: 4), trained = try Self.run(specification)
        let first = try Self.checkpoint(trained.events, step: 0)
        let entries = first.entries.map { $0.name == "flow/bias" ? ArrayEntry(name: $0.name, shape: $0.shape, elements: .float32([50, -50])) : $0 }
        var members = try #require(first.manifest.objectValue)
        (members["format"], members["tensors"]) = (nil, nil)
        let changed = try ArchiveStore(root: "\(TrainingFixture.storage)/archives").put(Archive(entries: entries, manifest: members))
        let folder = try TrainingFixture.folder("flow-moved", specification)
        let event = #"{"type":"checkpoint","time":1,"step":0,"digest":"\#(changed.digest.hex)","bytes":1,"final":false,"metrics":{}}"# + "\n"
        try AtomicFile.write(Array(event.utf8), to: folder.events)
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1, models: Self.models).run()
        let bias = try Self.numbers(Self.checkpoint(Self.events(folder), step: 4), "flow/bias")
        #expect(bias[0] > 49 && bias[1] < -49, "\(bias)")
    }

    /// In the middle of a run: the parameters of step 3 are those of the examples after the first three batches.
    @Test func theInitializationMayComeLater() throws {
        let trained = try Self.run(Self.specification(seed: 6, hyperparameters: ["initialization_step": 3]))
        #expect(!trained.events.contains { $0["type"] == "checkpoint" && $0["step"] == 0 })
        let train = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("ring").split("train")
        var order = DataOrder(images: train.count, batchSize: 32, seed: 6)
        let points = train.images(at: order.indices(from: 96, count: 40)).map(Double.init)
        let bias = try Self.numbers(Self.checkpoint(trained.events, step: 3), "flow/bias").map(Double.init)
        for axis in 0..<2 { #expect(abs((0..<40).reduce(0) { $0 + points[2 * $1 + axis] } / 40 - bias[axis]) < 1e-6) }
    }

    // MARK: Phases and schedules

    @Test func theConditionerIsFrozenForHalfOfTheSteps() throws {
        let trained = try Self.run(Self.specification(every: 2))
        for step: Int64 in [2, 4, 6, 8, 12] {
            let archive = try Self.checkpoint(trained.events, step: step)
            #expect(archive["updates/flow"]?.elements == .int64([step]) && archive["updates/conditioner"]?.elements == .int64([max(0, step - 6)]))
            #expect(try Self.numbers(archive, "conditioner/means").contains { $0 != 0 } == (step > 6), "\(step)")
        }
        // The loss of every step is recorded, in both stages.
        #expect(trained.events.filter { $0["type"] == "metrics" }.compactMap { $0["step"]?.integerValue } == Array(1...12))
    }

    @Test func scalarsFollowTheirSchedules() throws {
        let specification = try Self.specification(steps: 100), dataset = DatasetDescription.ring
        let program = try TrainingProgram(specification, fields: dataset.fields, dataset: dataset.name, models: Self.models)
        func values(_ step: Int) -> [String: Float] { Dictionary(uniqueKeysWithValues: program.scalars(step: step).map { ($0.name, $0.value) }) }
        // Adam's bias correction for beta 0.9 and 0.999: sqrt(0.001) / 0.1 at the first update, whatever the step.
        func rate(_ step: Double, first: Bool) -> Double {
            let (one, two) = first ? (0.1, 0.001) : (1 - pow(0.9, step), 1 - pow(0.999, step))
            return 0.05 * (0.001 + 0.999 * (1 + cos(Double.pi * (step - 1) / 100)) / 2) * two.squareRoot() / one
        }
        for (step, name, expected) in [(1, "flow_rate", rate(1, first: true)), (51, "conditioner_rate", rate(51, first: true)), (40, "flow_rate", rate(40, first: false))] {
            #expect(abs(Double(values(step)[name] ?? 0) / expected - 1) < 5e-5, "\(name) at \(step)")
        }
        #expect(values(50)["conditioner_rate"] == nil && values(60)["noise"] == 0.02 && values(61)["noise"] == 0)
        #expect((1...100).map { program.phase(ofStep: $0).name } == [String](repeating: "flow", count: 50) + [String](repeating: "joint", count: 50))
        #expect(program.namedPlans.map(\.name) == ["initialization", "flow", "joint", "sampling"])
    }

    // MARK: Generation and evaluation

    /// Sample i is generated for label i of the reference split; the conditions are in the file, and the protocol contains them.
    @Test func examplesAreGeneratedForTheLabelsOfTheReferenceSplit() throws {
        let specification = try Self.specification(), trained = try Self.run(specification)
        let event = try #require(trained.events.last { $0["type"] == "checkpoint" }), digest = try Digest(hex: event["digest"]?.stringValue ?? "")
        let maker = ExportMaker(storage: TrainingFixture.storage, threads: 1, models: Self.models), path = "\(TrainingFixture.storage)/flow-samples.npz"
        try maker.make(.samples(checkpoint: digest, SampleRange(start: 9_990, count: 50)), to: path)
        let file = try Archive.read(path), final = try Self.checkpoint(trained.events, step: 12)
        let images = try Self.numbers(file, "images"), latents = try Self.numbers(file, "latents"), labels = try Self.numbers(file, "conditions/labels")
        #expect(file.manifest["condition"] == ["field": "labels", "split": "test"] && file["conditions/labels"]?.shape == [50, 8])
        let test = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("ring").split("test")
        let bias = try Self.numbers(final, "flow/bias"), means = try Self.numbers(final, "conditioner/means"), scale = try Self.numbers(final, "flow/log_scale")
        for i in 0..<50 {
            let label = Int(try #require(test.labels)[(9_990 + i) % test.count])
            #expect(labels[8 * i..<8 * i + 8].elementsEqual((0..<8).map { Float($0 == label ? 1 : 0) }))
            for axis in 0..<2 {
                let expected = Double(latents[2 * i + axis]) * exp(-Double(scale[axis])) + Double(bias[axis] + means[2 * label + axis])
                #expect(abs(Double(images[2 * i + axis]) - expected) < 1e-5)
            }
        }
        let evaluation = try #require(Self.evaluated(trained.events, "fid").last)
        let protocols = try ExportMaker.protocols(
            of: specification.json, encoder: "coordinates", digest: Digest(hex: evaluation["encoder_digest"]?.stringValue ?? ""), models: Self.models)
        #expect(protocols.count == 1 && protocols[0]["condition"] == "labels" && protocols[0].digest.hex == evaluation["protocol"]?.stringValue)
    }

    /// Without an inversion, a metric that needs one has no value and a reason; the others are measured. A generator of one image is no collapse without a rule.
    @Test func aMetricThatNeedsAnInversionSaysSo() throws {
        let trained = try Self.run(Self.specification("affine-flow-plain", dataset: "polygons", steps: 2, every: 2, metrics: ["fid", "manifold"]))
        guard case .done = trained.outcome else { Issue.record("\(trained.outcome)"); return }
        #expect(Self.evaluated(trained.events, "fid").allSatisfy { $0["value"]?.numberValue != nil && $0["problem"] == nil })
        for value in try #require(MetricChoice.named("manifold")).values {
            let event = try #require(Self.evaluated(trained.events, value.name).last, "\(value.name)")
            #expect(event["value"] == .null)
            #expect(event["problem"] == "The metric does not apply: it requires the latents of given images, and the model has no inversion.")
        }
    }

    /// Without FID the checkpoints of a run carry the best of what it measures, more modes being better.
    @Test func aFlowWithoutFIDKeepsItsMostModes() throws {
        let specification = try Self.specification(steps: 40, every: 20, metrics: ["modes"])
        #expect(Objective(ofSpecification: specification.json) == Objective(metric: "modes"))
        let trained = try Self.run(specification)
        guard case .done = trained.outcome else { Issue.record("\(trained.outcome)"); return }
        let modes = Self.evaluated(trained.events, "modes"), divergences = Self.evaluated(trained.events, "modes_divergence")
        #expect(modes.map { $0["step"] } == [20, 40] && Self.evaluated(trained.events, "fid").isEmpty)
        func best(_ found: [JSONValue], _ isBetter: (Double, Double) -> Bool) throws -> [Double] {
            let values = try found.map { (step: try #require($0["step"]?.numberValue), value: try #require($0["value"]?.numberValue)) }
            let chosen = try #require(values.reduce(nil as (step: Double, value: Double)?) { leader, next in leader.map { isBetter(next.value, $0.value) ? next : $0 } ?? next })
            return [chosen.step, chosen.value]
        }
        let last = try #require(trained.events.last { $0["type"] == "checkpoint" })
        for (name, expected) in [("modes", try best(modes, >)), ("modes_divergence", try best(divergences, <))] {
            let kept = last["metrics"]?[name]
            #expect([kept?["step"]?.numberValue, kept?["value"]?.numberValue] == expected.map(Optional.some), "\(name): \(last)")
        }
        #expect(last["metrics"]?["fid"] == nil)
    }

    // MARK: Errors

    @Test func aMissingFieldIsNamedWithWhatThereIs() throws {
        let specification = try Self.specification(dataset: "swiss-roll")
        let expected = #"dataset: the model affine-flow needs the field "labels" of every example; there is "images" [1,1,2] in swiss-roll"#
        func sentence(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "nothing was thrown"
        }
        #expect(sentence { _ = try Self.run(specification) } == expected)
        #expect(sentence { _ = try MemoryNeed(specification, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"), models: Self.models) } == expected)
        #expect(sentence { _ = try TrainingProgram(specification, fields: [], dataset: "d", models: Self.models) }.contains("needs the field \"images\" of every example; there is none"))
        #expect(sentence { _ = try TrainingProgram(specification, fields: DatasetDescription.swissRoll.fields, dataset: "d") } == "model: \"affine-flow\" is not known")
    }

    /// The memory estimate covers programs with any phases.
    @Test func memoryIsEstimatedFromItsPlans() throws {
        let datasets = DatasetStore(root: "\(TrainingFixture.storage)/datasets")
        func need(_ examples: Int64) throws -> MemoryNeed {
            try MemoryNeed(Self.specification(hyperparameters: ["initialization_examples": .integer(examples)]), datasets: datasets, models: Self.models)
        }
        // b, s and C of 8 classes, each with two moments.
        #expect(try need(40).state == 4 * 3 * (2 + 2 + 16))
        #expect(try need(4000).scratch - need(40).scratch >= 4 * 2 * (4000 - 40))
    }
}
