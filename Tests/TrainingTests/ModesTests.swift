import Canonical
import Datasets
import Foundation
import Models
import Studies
import Engine
import Testing

@testable import Training

/// Mode coverage in an actual evaluation, with generators whose result is known.
@Suite struct ModesTests {
    private func specification(_ dataset: String = "ring", metrics: JSONValue = ["fid", "modes"], steps: Int = 4) throws -> Specification {
        try Specification(
            reading: [
                "model": "ns-gan", "dataset": .string(dataset), "steps": .integer(Int64(steps)), "batch_size": 64,
                "architecture": .object(dataset == "polygons" ? ["width": 0.0625] : ["name": "mlp", "width": 0.0625]),
                "evaluation": ["every": 2, "samples": 3000, "metrics": metrics],
            ], models: ModelCatalog.schemas, datasets: TrainingFixture.facts)
    }

    /// A generator that outputs `first` for a negative first latent and `second` for a positive one, as s = relu(K z) - relu(K z - 1).
    private func sampler(_ specification: Specification, _ first: [Double], _ second: [Double]) throws -> Sampler {
        let program = try #require(ModelCatalog.model(named: "ns-gan")).program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture,
                images: ExampleShape(height: 1, width: 1, channels: 2), batchSize: 64, steps: 4))
        let store = TensorStore(), device = CPUDevice()
        program.initialize(store, seed: 3)
        for name in store.names where name.contains("generator/") { store[name] = store[name].map { _ in 0 } }
        let units = 32
        func set(_ layer: String, _ values: [(Int, Float)]) {
            for name in store.names where name.contains("generator/") && name.hasSuffix(layer) {
                for (index, value) in values { store[name][index] = value }
            }
        }
        set("linear1/weight", [(0, 1e4), (1, 1e4)])
        set("linear1/bias", [(1, -1)])
        set("linear2/weight", [(0, 1), (units, -1)])
        set("linear3/weight", [(0, 1)])
        set("linear4/weight", [(0, Float(second[0] - first[0])), (1, Float(second[1] - first[1]))])
        set("linear4/bias", [(0, Float(first[0])), (1, Float(first[1]))])
        return Sampler(program, store: store, device: device)
    }

    private func values(_ first: [Double], _ second: [Double]) throws -> [Double] {
        let specification = try specification(metrics: ["modes"])
        let dataset = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("ring")
        let evaluator = try Evaluator(specification, encoder: Encoder(coordinates: 2), dataset: dataset)
        let measured = try evaluator.measure(sampler(specification, first, second), isLast: false)
        #expect(measured.map(\.name) == ["modes", "modes_high_quality", "modes_divergence"])
        return try measured.map { try #require($0.value, "\($0.problem ?? "")") }
    }

    @Test func aGeneratorOfKnownPointsHasTheKnownAnswer() throws {
        let centers = try #require(DatasetDescription.ring.modes).centers, deviation = DatasetDescription.ring.modes!.deviation
        // One point in a mode; no other mode is reached.
        let one = try values(centers[3], centers[3])
        #expect(one[0] == 1 && one[1] == 1 && abs(one[2] - log(8)) < 1e-12, "\(one)")
        // Two opposite modes, about half of the points each.
        let two = try values(centers[0], centers[4])
        #expect(two[0] == 2 && two[1] > 0.999 && two[2] >= log(4) && two[2] < log(4) + 0.001, "\(two)")
        // Within 3 standard deviations is of high quality, beyond is not, though it is still nearest to its mode.
        let good = try values([centers[0][0] + 2.9 * deviation, 0], centers[4])
        let poor = try values([centers[0][0] + 3.1 * deviation, 0], centers[4])
        #expect(good[0] == 2 && good[1] > 0.999 && good[2] == poor[2])
        #expect(poor[0] == 1 && poor[1] > 0.45 && poor[1] < 0.55, "\(poor)")
    }

    /// The data's own points: every mode, and 1 - exp(-9 / 2) = 0.989 of a 2-D Gaussian within three standard deviations.
    @Test(arguments: ["ring", "grid"]) func theDataReachesEveryMode(name: String) throws {
        let specification = try specification(name), encoder = Encoder(coordinates: 2)
        let dataset = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load(name), test = try dataset.split("test")
        let reference = try ReferenceImages(specification, encoder: encoder, dataset: dataset)
        let estimator = try #require(MetricEstimator.named("modes", options: MetricChoice.named("modes")!.options(with: nil)))
        let values = try estimator.values(GeneratedImages(pixels: test.images(at: 0..<3000), count: 3000), reference) { fatalError("no fit is needed") }
        #expect(values[0] == Double(dataset.classes), "\(values)")
        #expect(abs(values[1] - 0.98889) < 0.007 && values[2] >= 0 && values[2] < 0.01, "\(values)")
        #expect(estimator.options == ["radius": 3.0, "samples": 2500])
    }

    @Test func aRunReportsThemAtEveryEvaluation() throws {
        let events = try TrainingFixture.train(specification()).results.map { try JSONValue(parsing: Array($0.utf8)) }
        for name in ["modes", "modes_high_quality", "modes_divergence"] {
            let found = events.filter { $0["type"] == "evaluation" && $0["metric"]?.stringValue == name }
            #expect(found.count == 2 && found.allSatisfy { $0["value"]?.numberValue != nil && $0["encoder"] == "coordinates" }, "\(name) \(found)")
        }
    }

    @Test(arguments: ["swiss-roll", "polygons"]) func dataWithoutModesIsRefused(name: String) throws {
        do {
            _ = try specification(name)
            Issue.record("\(name) was taken")
        } catch let error as FieldError {
            #expect("\(error)" == "evaluation.metrics: \"modes\" needs a mixture with known modes: the data sets ring and grid")
        }
    }
}
