import Canonical
import Datasets
import Engine
import Models
import Studies
import Testing

@testable import Training

/// Metrics of super-resolution at another temperature than the model's own: the values of a run that has it, under a protocol that names it.
extension SuperResolutionTests {
    private static func specification(_ model: String, temperature: Double?, at option: Double?, metrics: [String]) throws -> Specification {
        var hyperparameters: [String: JSONValue] = model == "srflow" ? ["depth": 1, "hidden": 4, "features": 4, "growth": 2, "blocks": 2, "stack_spacing": 1] : [:]
        if let temperature { hyperparameters["temperature"] = .number(temperature) }
        var evaluation: [String: JSONValue] = ["every": 4, "samples": 40, "metrics": .array(metrics.map(JSONValue.string))]
        if let option { evaluation["options"] = .object(Dictionary(uniqueKeysWithValues: metrics.map { ($0, ["temperature": .number(option)]) })) }
        return try Specification(
            reading: [
                "model": .string(model), "dataset": "tiny-sr", "steps": 4, "batch_size": 24, "hyperparameters": .object(hyperparameters),
                "evaluation": .object(evaluation),
            ], models: models.schemas, datasets: facts)
    }

    /// Values and protocols of parameters away from the initial ones, by value name.
    private static func measured(
        _ model: String, temperature: Double? = nil, at option: Double? = nil, metrics: [String] = metrics
    ) throws -> [String: Training.Measurement] {
        let specification = try specification(model, temperature: temperature, at: option, metrics: metrics)
        let program = try TrainingProgram(specification, fields: dataset.fields, dataset: "tiny-sr", models: models)
        let store = TensorStore()
        program.initialize(store, seed: 3)
        let evaluator = try Evaluator(specification, encoder: Encoder(unusedFor: shape.elements), dataset: dataset, models: models)
        let sampler = Sampler(program, store: store, device: CPUDevice(threads: 1), conditions: SplitBatches(try dataset.split("test"), of: dataset))
        return Dictionary(uniqueKeysWithValues: try evaluator.measure(sampler, isLast: true).map { ($0.name, $0) })
    }

    @Test func anotherTemperatureHasTheBitsOfARunThatHasIt() throws {
        let asked = try Self.measured("srflow", temperature: 0.9, at: 0.5), run = try Self.measured("srflow", temperature: 0.5)
        let own = try Self.measured("srflow", temperature: 0.9), none = try Self.measured("srflow", temperature: 0.9, at: 0)
        #expect(asked.count == 18)
        for (name, one) in asked {
            #expect(one.value == run[name]?.value && one.problem == nil, "\(name)")
            #expect(one.protocolDigest != run[name]?.protocolDigest && run[name]?.protocolDigest == own[name]?.protocolDigest, "\(name)")
        }
        #expect(own["psnr"]?.value != asked["psnr"]?.value && own["psnr_bicubic"]?.value == asked["psnr_bicubic"]?.value)
        #expect(none["diversity"]?.value == 0)
        let spread = try [none, asked, own].map { try #require($0["diversity"]?.value) }
        #expect(spread == spread.sorted() && spread[1] > 0)
    }

    /// A model without latents has one image; one with latents and no temperature has no value, and says why.
    @Test func modelsWithoutATemperature() throws {
        let plain = try Self.measured("enlargement"), tempered = try Self.measured("enlargement", at: 0.5)
        for (name, one) in plain { #expect(tempered[name]?.value == one.value && tempered[name]?.protocolDigest != one.protocolDigest, "\(name)") }
        let noisy = try Self.measured("noisy-enlargement", at: 0.5, metrics: ["diversity", "psnr"])
        #expect(noisy.values.allSatisfy { $0.value == nil && $0.problem?.contains("have no temperature") == true })
    }

    @Test func temperaturesAreChecked() throws {
        for (value, words) in [(-0.5, "or -1 for"), (2.5, "-1...2")] {
            let error = try #require(throws: FieldError.self) { _ = try Self.specification("srflow", temperature: nil, at: value, metrics: ["psnr"]) }
            #expect(error.description.contains("evaluation.options.psnr.temperature") && error.description.contains(words), "\(error)")
        }
        let usual = try Self.specification("srflow", temperature: nil, at: -1, metrics: ["psnr"])
        #expect(try usual == Self.specification("srflow", temperature: nil, at: nil, metrics: ["psnr"]))
    }
}
