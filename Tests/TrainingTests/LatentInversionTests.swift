import Canonical
import Metrics
import Models
import Studies
import Numerics
import Engine
import Testing

@testable import Training

/// Inversion of an untrained generator: its images still depend on their latents.
@Suite struct LatentInversionTests {
    private func sampler(_ model: String = "ns-gan") throws -> Sampler {
        let specification = try TrainingFixture.specification(model: model)
        let program = try #require(ModelCatalog.model(named: model)).program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture,
                images: ExampleShape(height: 28, width: 28, channels: 1), batchSize: 4, steps: 11))
        let store = TensorStore(), device = CPUDevice()
        program.initialize(store, seed: 3)
        // Larger weights, so that distances are not tiny.
        for name in store.names where name.hasPrefix("generator/") && name.hasSuffix("weight") { store[name] = store[name].map { 8 * $0 } }
        return Sampler(program, store: store, device: device)
    }

    private func images(_ sampler: Sampler, start: Int, count: Int) throws -> FeatureSet {
        var images: [Float] = []
        sampler.images(stream: RandomStream(seed: 0, name: Evaluator.latentStream), start: start, count: count) { batch, _ in images += batch }
        return try FeatureSet(images, dimension: 784)
    }

    @Test(arguments: ["ns-gan", "vae"]) func ownImagesAreFoundAtOnce(model: String) throws {
        let sampler = try sampler(model), generated = try images(sampler, start: 0, count: 12)
        let inversion = try LatentInversion(sampler, options: .init(steps: 0, restarts: 1))
        let distances = inversion.squaredDistances(of: generated.prefix(6), generated: generated)
        #expect(distances.count == 6 && distances.allSatisfy { $0 < 1e-9 }, "\(distances)")
    }

    @Test func stepsAndRestartsOnlyLowerTheDistance() throws {
        let sampler = try sampler(), generated = try images(sampler, start: 0, count: 12), others = try images(sampler, start: 100, count: 5)
        func distances(_ steps: Int, _ restarts: Int) throws -> [Double] {
            try LatentInversion(sampler, options: .init(steps: steps, restarts: restarts)).squaredDistances(of: others, generated: generated)
        }
        let (none, some, more) = (try distances(0, 1), try distances(60, 1), try distances(60, 2))
        #expect(zip(none, some).allSatisfy { $1 < 0.7 * $0 }, "\(none) \(some)")
        #expect(zip(some, more).allSatisfy { $0 >= $1 })
        #expect(try distances(60, 2) == more)
    }

    @Test func aSearchMayEndAtAThresholdWithoutChangingWhatIsBelowIt() throws {
        let sampler = try sampler(), generated = try images(sampler, start: 0, count: 12), others = try images(sampler, start: 100, count: 9)
        let inversion = try LatentInversion(sampler, options: .init(steps: 40, restarts: 2))
        let whole = inversion.squaredDistances(of: others, generated: generated), threshold = whole.sorted()[5]
        let ended = inversion.squaredDistances(of: others, generated: generated, enough: threshold)
        #expect(ended.map { $0 < threshold } == whole.map { $0 < threshold })
        #expect(zip(ended, whole).allSatisfy { $0 == $1 || ($0 > $1 && $0 < threshold) }, "\(whole) \(ended)")
        // No distance depends on the other targets of the batch.
        #expect(inversion.squaredDistances(of: others.prefix(3), generated: generated) == Array(whole.prefix(3)))
    }

    @Test func gradientsAreThoseOfEachDistance() throws {
        let sampler = try sampler(), session = try #require(sampler.makeInversion())
        let targets = try images(sampler, start: 50, count: 4).matrix.elements.map { Float($0) }
        let latents = sampler.latents(stream: RandomStream(seed: 1, name: "test"), start: 0, count: 4)
        session.setInput("targets", targets)
        func distances(_ latents: [Float]) -> [Float] {
            session.setInput("latents", latents)
            session.run(step: 0)
            return session.output("distances")
        }
        _ = distances(latents)
        let gradients = session.output("gradients"), size = latents.count / 4
        for (row, column) in [(0, 0), (1, 5), (3, size - 1)] {
            var (above, below) = (latents, latents)
            above[row * size + column] += 0.004
            below[row * size + column] -= 0.004
            let (high, low) = (distances(above), distances(below))
            // Float32 leaves about 1e-6 of the distance over 0.008; a larger step would cross the kinks of leaky ReLU.
            let numeric = (high[row] - low[row]) / 0.008, expected = gradients[row * size + column]
            #expect(abs(numeric - expected) < 0.02 * abs(expected) + 5e-4 * (1 + high[row]), "\(numeric) and \(expected)")
            for other in 0..<4 where other != row { #expect(high[other] == low[other]) }
        }
    }

    @Test func adamFindsTheMinimumWithinItsBounds() {
        var descent = AdamDescent([0.9, -0.2, 5], rate: 0.05, bounds: -1...1)
        for _ in 0..<400 { descent.move([descent.values[0] - 0.25, descent.values[1] + 3, .nan]) }
        #expect(abs(descent.values[0] - 0.25) < 1e-3 && descent.values[1] == -1 && descent.values[2] == 1)
    }
}
