import Datasets
import Engine
import Graphs
import Models
import Numerics
import Studies
import Testing

@testable import Training

/// The likelihood of a conditional model: each image is judged under its own condition.
@Suite struct ConditionalLikelihoodTests {
    private static let count = 11

    private static func sampler(batch: Int, noise: String) throws -> Sampler {
        let model = SRFlow(), images = ExampleShape(height: 8, width: 8, channels: 1), low = BatchField("low_resolution", [4, 4, 1])
        var values = model.schema.defaults
        for (name, value) in ["features": 2, "growth": 1, "hidden": 2, "depth": 1] { values[name] = .integer(value) }
        let program = try model.program(
            ModelConfiguration(
                hyperparameters: values, architecture: .init(name: model.schema.architectures[0], width: 1), images: images, batchSize: batch, steps: 4, fields: [low]))
        let store = TensorStore()
        program.initialize(store, seed: 1)
        // Away from the initial zeros, so that the condition matters.
        for entry in program.parameters where entry.name.hasSuffix("convolution3/weight") {
            store[entry.name] = RandomStream(seed: 1, name: entry.name).numbers(.normal(mean: 0, deviation: 0.2), step: 0, count: entry.shape.count)
        }
        return Sampler(program, store: store, device: CPUDevice(), conditions: NoiseConditions(low, noise: noise))
    }

    private static func values(batch: Int, noise: String = "test/condition") throws -> [Double] {
        let images = RandomStream(seed: 0, name: "images").numbers(.uniform(low: 0, high: 1), step: 0, count: count * 64)
        return try LikelihoodEvaluation(sampler(batch: batch, noise: noise)).logLikelihoods(of: images, count: count, draws: 2)
    }

    @Test func everyImageHasItsOwnConditionWhateverTheBatch() throws {
        let whole = try Self.values(batch: 11)
        #expect(whole.allSatisfy(\.isFinite) && Set(whole).count == Self.count)
        for batch in [2, 5, 8] { #expect(try Self.values(batch: batch) == whole, "batches of \(batch)") }
        let others = try Self.values(batch: 11, noise: "test/others")
        #expect(zip(whole, others).allSatisfy { $0 != $1 })
    }
}
