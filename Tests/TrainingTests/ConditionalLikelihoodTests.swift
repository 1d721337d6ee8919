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

    private static let low = BatchField("low_resolution", [4, 4, 1])

    private static func program(batch: Int) throws -> TrainingProgram {
        let model = SRFlow(), images = ExampleShape(height: 8, width: 8, channels: 1)
        var values = model.schema.defaults
        for (name, value) in ["features": 2, "growth": 1, "blocks": 2, "stack_spacing": 1, "hidden": 2, "depth": 1] { values[name] = .integer(value) }
        for name in ["pretraining", "unfreeze"] { values[name] = .real(0) }
        return try model.program(
            ModelConfiguration(
                hyperparameters: values, architecture: .init(name: model.schema.architectures[0], width: 1), images: images, batchSize: batch, steps: 4, fields: [low]))
    }

    private static func values(_ program: TrainingProgram, noise: String = "test/condition") throws -> [Double] {
        let store = TensorStore()
        program.initialize(store, seed: 1)
        // Away from the initial zeros, so that the condition matters.
        for entry in program.parameters where entry.name.hasSuffix("convolution3/weight") {
            store[entry.name] = RandomStream(seed: 1, name: entry.name).numbers(.normal(mean: 0, deviation: 0.2), step: 0, count: entry.shape.count)
        }
        let sampler = Sampler(program, store: store, device: CPUDevice(), conditions: NoiseConditions(low, noise: noise))
        let images = RandomStream(seed: 0, name: "images").numbers(.uniform(low: 0, high: 1), step: 0, count: count * 64)
        return try LikelihoodEvaluation(sampler).logLikelihoods(of: images, count: count, draws: 2)
    }

    @Test func everyImageHasItsOwnConditionWhateverTheBatch() throws {
        let program = try Self.program(batch: 11), whole = try Self.values(program)
        #expect(whole.allSatisfy(\.isFinite) && Set(whole).count == Self.count)
        #expect(try Self.values(Self.program(batch: 4)) == whole)
        let others = try Self.values(program, noise: "test/others")
        #expect(zip(whole, others).allSatisfy { $0 != $1 })
    }
}
