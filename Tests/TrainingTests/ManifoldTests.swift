import Numerics
import Canonical
import Datasets
import Metrics
import Models
import Studies
import Engine
import Testing

@testable import Training

/// Precision, recall, and F1 on polygons for an untrained generator, with few images.
@Suite struct ManifoldTests {
    private func sampler(_ specification: Specification) throws -> Sampler {
        let program = try #require(ModelCatalog.model(named: "ns-gan")).program(
            ModelConfiguration(
                hyperparameters: specification.hyperparameters, architecture: specification.architecture,
                images: ExampleShape(height: 28, width: 28, channels: 1), batchSize: 8, steps: 11))
        let store = TensorStore(), device = CPUDevice()
        program.initialize(store, seed: 3)
        return Sampler(program, store: store, device: device)
    }

    private func encoder(_ device: CPUDevice) throws -> Encoder {
        let classifier = try Classifier(height: 28, width: 28, channels: 1, classes: 10, batchSize: 8), store = TensorStore()
        classifier.initialize(store, seed: 1)
        return Encoder(name: "lenet", digest: .sha256(""), accuracy: 0, classifier: classifier, store: store, device: device)
    }

    /// The estimator against its parts, with a threshold between the distances, so that neither value is 0 or 1.
    @Test func theEstimatorCountsTheDistancesOfBothSearches() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan"), sampler = try sampler(specification), encoder = try encoder(CPUDevice())
        let dataset = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("polygons")
        let generated = try GeneratedImages(sampler, encoder, count: 20, requirements: .init(pixels: true, sampler: true))
        let reference = try ReferenceImages(specification, encoder: encoder, dataset: dataset), pixels = try #require(generated.pixels)
        let inversion = LatentInversion.Options(steps: 5, restarts: 2), search = PolygonManifold.Options(dense: 50, restarts: 2)

        let toManifold = try #require(PolygonManifold(.polygons, options: search))
            .squaredDistances(of: pixels.prefix(6).matrix.elements.map { Float($0) }).sorted()
        let toGenerator = try LatentInversion(sampler, options: inversion).squaredDistances(of: reference.pixels().prefix(6), generated: pixels).sorted()
        for threshold in [(toManifold[2] + toManifold[3]) / 2, (toGenerator[1] + toGenerator[2]) / 2] {
            let estimator = MetricEstimator.manifold(ManifoldScore(threshold: threshold), inversion, search, count: 6)
            let values = try estimator.values(generated, reference) { throw MetricError.badOption("no fit is needed") }
            let shares = [toManifold, toGenerator].map { Double($0.count { $0 < threshold }) / 6 }
            #expect(Array(values.prefix(2)) == shares && shares.contains { $0 > 0 && $0 < 1 }, "\(toManifold) \(toGenerator)")
        }
    }

    @Test func memorisationAgainstTheTrainingSplitIsRefused() throws {
        var specification = try TrainingFixture.specification(model: "ns-gan")
        specification.evaluation.referenceSplit = "train"
        let encoder = try encoder(CPUDevice()), dataset = try DatasetStore(root: "\(TrainingFixture.storage)/datasets").load("polygons")
        let generated = try GeneratedImages(sampler(specification), encoder, count: 8, requirements: .init(features: true))
        let reference = try ReferenceImages(specification, encoder: encoder, dataset: dataset)
        let estimator = try #require(MetricEstimator.named("memorisation", options: MetricChoice.named("memorisation")!.options(with: nil)))
        #expect(throws: MetricError.self) { try estimator.values(generated, reference) { throw MetricError.badOption("no fit is needed") } }
    }
}
