import Archives
import Canonical
import Datasets
import Engine
import Foundation
import Models
import Studies
import Testing

@testable import Training

/// Runs of flows from specification to evaluation: bits per dimension by default, the checkpoint of the data-dependent initialization, resumption, evaluation without training.
@Suite("Runs of flows", .serialized) struct FlowTrainingTests {
    static func specification(_ model: String, steps: Int = 11, evaluation: [String: JSONValue] = [:], hyperparameters: [String: JSONValue] = [:]) throws -> Specification {
        let small: [String: JSONValue] = model == "glow" ? ["depth": 1, "initialization_examples": 32] : ["couplings": 4, "initialization_examples": 32]
        let evaluated: [String: JSONValue] = ["every": 6, "samples": 256]
        return try Specification(
            reading: [
                "model": .string(model), "dataset": model == "glow" ? "polygons" : "ring", "steps": .integer(Int64(steps)), "batch_size": 8, "architecture": ["width": 0.0625],
                "sample_every": 4, "checkpoint_every": 4, "evaluation": .object(evaluated.merging(evaluation) { $1 }),
                "hyperparameters": .object(small.merging(hyperparameters) { $1 }),
            ], models: ModelCatalog.schemas, datasets: TrainingFixture.facts)
    }

    private static func events(_ record: TrainingFixture.Record, _ type: String) throws -> [JSONValue] {
        try record.results.map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"]?.stringValue == type }
    }

    /// Without metrics in the specification, a flow is evaluated and compared by its likelihood, and no feature extractor is trained for it.
    @Test(arguments: ["realnvp", "glow"]) func aRunMeasuresItsLikelihood(model: String) throws {
        let specification = try Self.specification(model)
        #expect(specification.evaluation.metrics == ["bits_per_dimension"])
        #expect(Objective(ofSpecification: specification.json) == Objective(metric: "bits_per_dimension"))
        let record = try TrainingFixture.train(specification)
        guard case .done = record.outcome else { Issue.record("\(record.outcome)"); return }
        let evaluations = try Self.events(record, "evaluation").filter { $0["metric"] == "bits_per_dimension" }
        #expect(evaluations.count == 2 && evaluations.allSatisfy { $0["encoder"] == "none" && $0["samples"] == 256 && $0["value"]?.numberValue?.isFinite == true })
        let losses = try Self.events(record, "metrics").compactMap { $0["values"]?["loss"]?.numberValue }
        #expect(losses.count == 11 && losses.allSatisfy(\.isFinite) && losses.reduce(0, +) != 0)
        // Training and evaluation have the same unit: early in training, the two are near each other.
        let value = try #require(evaluations.last?["value"]?.numberValue), last = losses.suffix(4).reduce(0, +) / 4
        #expect(abs(value - last) < 1.5, "\(value) and a training loss of \(last)")
        let initial = try Self.events(record, "checkpoint").filter { $0["step"] == 0 }
        #expect(initial.count == 1)
    }

    @Test(arguments: ["realnvp", "glow"]) func threadsKernelsAndStopsGiveOneRecord(model: String) throws {
        let specification = try Self.specification(model), reference = try TrainingFixture.train(specification)
        #expect(try TrainingFixture.train(specification, threads: 3) == reference)
        for kernels in KernelSet.available { #expect(try TrainingFixture.train(specification, threads: 2, kernels: kernels) == reference, "\(kernels) kernels") }
        var resumed = try TrainingFixture.train(specification, stoppingAfter: [1, 2])
        resumed.results.removeAll { line in [1, 3].contains { line.contains("\"step\":\($0),\"type\":\"checkpoint\"") } }
        #expect(resumed == reference)
    }

    /// A run that is cut right after the initialization's checkpoint continues from it: the initialization is not repeated, and no bit changes.
    @Test func aRunCutAfterTheInitializationDoesNotRepeatIt() throws {
        let specification = try Self.specification("realnvp"), folder = try TrainingFixture.folder("whole", specification)
        let reference = try TrainingFixture.record(folder, TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run())
        let lines = try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n"))
        let saved = try #require(lines.firstIndex { String(decoding: $0, as: UTF8.self).contains("\"type\":\"checkpoint\"") })
        let cut = try TrainingFixture.folder("cut", specification)
        try AtomicFile.write(Array(lines[...saved].joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")], to: cut.events)
        let resumed = try TrainingFixture.record(cut, TrainingRun(folder: cut, storage: TrainingFixture.storage, threads: 1).run())
        // The grid of step 0 follows the checkpoint; a resumed run has it already or does not need it.
        func without(_ record: TrainingFixture.Record) -> [String] { record.results.filter { !$0.contains("\"step\":0,\"type\":\"samples\"") && !$0.contains("samples-0") } }
        #expect(without(resumed).filter { !$0.contains("\"type\":\"samples\"") } == without(reference).filter { !$0.contains("\"type\":\"samples\"") })
        #expect(resumed.outcome == reference.outcome)
    }

    /// A GAN has no likelihood: a plan of GANs alone is refused, and in a plan with a flow its runs say why they have no value.
    @Test func modelsWithoutALikelihoodSaySo() throws {
        func plan(_ models: [JSONValue], metrics: [JSONValue]?) throws -> StudyPlan {
            var evaluation: [String: JSONValue] = ["samples": 256]
            if let metrics { evaluation["metrics"] = .array(metrics) }
            return try StudyPlan(
                reading: ["name": "p", "dataset": "ring", "models": .array(models), "protocol": ["kind": "single"], "steps": 10, "evaluation": .object(evaluation)],
                models: ModelCatalog.schemas, datasets: TrainingFixture.facts)
        }
        let error = #expect(throws: FieldError.self) { try plan(["ns-gan", "vae"], metrics: ["bits_per_dimension"]) }
        #expect(error?.description.contains("evaluation.metrics: \"bits_per_dimension\" needs a model that defines the likelihood of examples; ns-gan, vae do not") == true, "\(error.map(String.init(describing:)) ?? "")")
        #expect(try plan(["realnvp"], metrics: nil).objective.metric == "bits_per_dimension")
        #expect(try plan(["realnvp", "ns-gan"], metrics: nil).objective.metric == "fid")
        #expect(try plan(["realnvp", "ns-gan"], metrics: ["bits_per_dimension", "fid"]).objective.metric == "bits_per_dimension")
        #expect(try plan(["ns-gan"], metrics: nil).objective.metric == "fid")
        var specification = try TrainingFixture.specification(model: "ns-gan", steps: 6)
        specification.evaluation.metrics = ["bits_per_dimension"]
        let record = try TrainingFixture.train(specification)
        let found = try Self.events(record, "evaluation")
        #expect(!found.isEmpty && found.allSatisfy { $0["value"] == JSONValue.null && $0["problem"]?.stringValue?.contains("defines no likelihood") == true }, "\(found)")
    }

    /// The likelihood of an example depends neither on the batch nor on the other examples.
    @Test func theLikelihoodIsIndependentOfTheBatch() throws {
        let specification = try Self.specification("glow")
        let dataset = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("polygons"), images = try dataset.split("test").images(at: 0..<20)
        let all = try [8, 5].map { batch -> [Double] in
            var specification = specification
            specification.batchSize = batch
            let program = try TrainingProgram(specification, fields: dataset.fields, dataset: "polygons"), store = TensorStore()
            program.initialize(store, seed: 1)
            return try LikelihoodEvaluation(Sampler(program, store: store, device: CPUDevice())).logLikelihoods(of: images, count: 20, draws: 2)
        }
        #expect(all[0] == all[1] && Set(all[0]).count == 20)
    }

    /// FID can be measured beside the likelihood, each under its own protocol.
    @Test func otherMetricsHaveTheirOwnProtocols() throws {
        let record = try TrainingFixture.train(Self.specification("realnvp", evaluation: ["metrics": ["bits_per_dimension", "fid", "modes"]]))
        let last = try Self.events(record, "evaluation").filter { $0["step"] == 11 }
        #expect(last.first { $0["metric"] == "fid" }?["encoder"] == "coordinates" && last.first { $0["metric"] == "bits_per_dimension" }?["encoder"] == "none")
        #expect(Set(last.compactMap { $0["protocol"]?.stringValue ?? $0["protocol_digest"]?.stringValue }).count == 3)
    }

    @Test func tooManyLevelsAreRefusedBeforeTraining() throws {
        let specification = try Self.specification("glow", hyperparameters: ["levels": 3])
        let error = #expect(throws: TrainingError.self) {
            _ = try MemoryNeed(specification, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"))
        }
        #expect(error?.description.hasPrefix("hyperparameters.levels: 3 levels need a height and width divisible by 8") == true)
    }
}
