import Engine
import Graphs
import Models
import Numerics
import Studies
import Testing

@testable import Training

/// Several samples of each condition: the bits of the samples one by one, with the condition evaluated once.
@Suite struct RepeatedSamplesTests {
    private static let stream = RandomStream(seed: 0, name: "test/latents")

    /// A sampler of noise as low-resolution images, with parameters away from their initial values.
    private static func sampler(_ model: String) throws -> Sampler {
        let program = try ShortTraining(model: model, isPoints: false).program, store = TensorStore()
        program.initialize(store, seed: 3)
        for name in store.names {
            let noise = RandomStream(seed: 1, name: name).numbers(.normal(mean: 0, deviation: 0.1), step: 0, count: store[name].count)
            store[name] = zip(store[name], noise).map(+)
        }
        return Sampler(program, store: store, device: CPUDevice(threads: 2), conditions: NoiseConditions(program.generation.condition))
    }

    private static func single(_ sampler: Sampler, start: Int, count: Int, draw: Int) -> [UInt32] {
        var bits: [UInt32] = []
        sampler.images(stream: stream, start: start, count: count, draw: draw) { images, _ in bits += images.map(\.bitPattern) }
        return bits
    }

    /// `srflow` has plans for it; `rrdb` has no latents, and gives each image as often as it is asked for.
    @Test(arguments: ["srflow", "rrdb"]) func drawsHaveTheBitsOfSingleSamples(model: String) throws {
        let sampler = try Self.sampler(model), batch = sampler.program.batchSize, elements = sampler.program.generation.images.count
        var found: [Int: [UInt32]] = [:]
        try sampler.samples(stream: Self.stream, start: 3, count: batch + 2, draws: 1..<4) { images, first, draw in
            #expect(images.count == (first == 3 ? batch : 2) * elements)
            found[draw, default: []] += images.map(\.bitPattern)
        }
        #expect(found.keys.sorted() == [1, 2, 3])
        for (draw, bits) in found { #expect(bits == Self.single(sampler, start: 3, count: batch + 2, draw: draw), "draw \(draw)") }
        #expect((found[1] == found[2]) == (model == "rrdb"))
    }

    @Test(arguments: ["srflow", "rrdb"]) func drawsOfOneImageHaveTheBitsOfSingleSamples(model: String) throws {
        let sampler = try Self.sampler(model), batch = sampler.program.batchSize
        for image in [0, 5] {
            var found: [UInt32] = [], draws: [Int] = []
            try sampler.samples(of: image, stream: Self.stream, draws: 0..<batch + 1) { images, range in
                found += images.map(\.bitPattern)
                draws += Array(range)
            }
            #expect(draws == Array(0..<batch + 1))
            #expect(found == (0..<batch + 1).flatMap { Self.single(sampler, start: image, count: 1, draw: $0) }, "image \(image)")
        }
    }

    /// Encoder and injectors are no part of what runs for each draw: half of the products of a whole pass remain at most, and no inverse of a matrix.
    @Test func drawsDoNotEvaluateTheCondition() throws {
        let program = try ShortTraining(model: "srflow", isPoints: false).program
        let plans = try #require(try program.generation.repeated?(1))
        #expect(plans.completion.productOperations < 0.6 * program.generation.plan.productOperations)
        #expect(!plans.completion.parameters.contains { $0.name.hasPrefix("encoder/") || $0.name.contains("injector") || $0.name.hasSuffix("matrix") })
        #expect(!plans.preparation.inputs.contains { $0.name == "latents" })
    }
}
