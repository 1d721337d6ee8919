import Archives
import Canonical
import Datasets
import Foundation
import Metrics
import Models
import Studies
import Numerics
import Engine
import TestSupport
import Testing

@testable import Training

/// Images without labels: no extractor can be trained on them, so they use an untrained one.
@Suite struct UntrainedEncoderTests {
    private let unlabeled = DatasetFacts(
        name: "faces", digest: .sha256("faces"), encoders: EncoderSpecification.choices(for: .celebA),
        classifiers: EncoderSpecification.classifiers(for: .celebA), splits: ["train": 5000, "test": 1000])

    private func read(_ dataset: String, _ evaluation: JSONValue) throws -> Specification {
        try Specification(
            reading: ["model": "ns-gan", "dataset": .string(dataset), "steps": 10, "evaluation": evaluation], models: ModelCatalog.schemas,
            datasets: TrainingFixture.facts + [unlabeled])
    }

    private func refusal(_ dataset: String, _ evaluation: JSONValue) -> String {
        do {
            _ = try read(dataset, evaluation)
            return "taken"
        } catch {
            return "\(error)"
        }
    }

    @Test func whatCannotWorkIsRefusedWhenThePlanIsRead() throws {
        #expect(try read("faces", [:]).evaluation.encoder == "random")
        #expect(refusal("faces", ["encoder": "lenet"]) == #"evaluation.encoder: "lenet" is not known; known are random"#)
        #expect(
            refusal("faces", ["metrics": ["is"]])
                == #"evaluation.metrics: "is" needs class probabilities; faces, without labels, has no feature extractor that provides them"#)
        // Labeled images use the trained one by default, and may choose the other.
        #expect(try read("polygons", [:]).evaluation.encoder == "lenet")
        #expect(try read("polygons", ["encoder": "random"]).evaluation.encoder == "random")
        #expect(
            refusal("polygons", ["encoder": "random", "metrics": ["is"]])
                == #"evaluation.metrics: "is" needs class probabilities, which the encoder "random" does not provide; allowed: lenet"#)
        #expect(try read("ring", [:]).evaluation.encoder == "coordinates")
    }

    /// Unusable settings are rejected when the plan is read, with the required number.
    @Test func tooFewImagesAndSinglePixelsAreRefused() throws {
        func refusal(_ splits: [String: Int], _ evaluation: JSONValue = [:], isSinglePixel: Bool = false) -> String {
            let facts = DatasetFacts(
                name: "small", digest: .sha256("small"), encoders: ["lenet"], classifiers: ["lenet"], splits: splits, isSinglePixel: isSinglePixel)
            do {
                _ = try Specification(
                    reading: ["model": "ns-gan", "dataset": "small", "steps": 10, "evaluation": evaluation], models: ModelCatalog.schemas, datasets: [facts])
                return "taken"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            refusal(["train": 858, "test": 142])
                == #"evaluation.reference_split: "test" of small has 142 images; evaluations need at least 256; allowed: "train" (858)"#)
        #expect(
            refusal(["train": 858])
                == #"evaluation.reference_split: there is no split "test" in small; evaluations need at least 256; allowed: "train" (858)"#)
        #expect(
            refusal(["train": 85, "test": 14])
                == #"evaluation.reference_split: "test" of small has 14 images; evaluations need at least 256; add the data set with a larger test split"#)
        #expect(refusal(["train": 858, "test": 142], ["reference_split": "train"]) == "taken")
        #expect(refusal(["train": 858, "test": 256]) == "taken")
        #expect(
            refusal(["train": 858, "test": 256], isSinglePixel: true)
                == "dataset: the images of small are 1x1; networks for images need at least two pixels")
    }

    @Test func itsWeightsAreAFunctionOfTheShape() throws {
        let folder = TrainingFixture.storage + "/untrained-\(UInt32.random(in: 0 ... .max))"
        let datasets = DatasetStore(root: "\(folder)/datasets")
        let store = EncoderStore(folder: "\(folder)/encoders", datasets: datasets)
        func encoder(_ dataset: DatasetDescription, seed: UInt64 = 0) throws -> Encoder {
            try store.encoder(EncoderSpecification(encoder: "random", seed: seed, for: dataset, in: datasets), device: CPUDevice()) { _ in }
        }
        let polygons = try encoder(.polygons)
        #expect(polygons.name == "random-28x28x1" && polygons.classes == 0 && polygons.dimension == 64)
        #expect(try encoder(.mnist).digest == polygons.digest && encoder(.mnist, seed: 1).digest != polygons.digest)
        #expect(try EncoderSpecification(encoder: "lenet", for: .polygons, in: datasets).name == "lenet-polygons-labelled")
        #expect(throws: TrainingError.self) { try EncoderSpecification(encoder: "random", for: .ring, in: datasets) }
    }

    /// Weights that the disk returns altered are not used: the extractor's digest would identify others.
    @Test(.enabled(if: WatchedDisk.isAvailable, "a bad disk cannot be played under a sanitizer or without glibc"))
    func weightsAreReadBack() throws {
        let folder = try TemporaryFolder()
        let datasets = DatasetStore(root: folder.path("datasets"))
        let store = EncoderStore(folder: folder.path("encoders"), datasets: datasets)
        let specification = try EncoderSpecification(encoder: "random", for: .polygons, in: datasets)
        func encoder() throws -> Encoder { try store.encoder(specification, device: CPUDevice()) { _ in } }
        do {
            let disk = WatchedDisk(folder.path)
            disk.corrupt()
            #expect(throws: ArchiveError.self) { try encoder() }
        }
        // The damaged file is detected and recreated.
        let digest = try encoder().digest
        #expect(try Archive.read(folder.path("encoders/\(specification.digest.hex).npz")).digest == digest)
    }

    /// A distance of its features is meaningful: smallest for images of the same kind, and larger the more they are degraded.
    @Test func distancesGrowAsImagesAreSpoiled() throws {
        let datasets = DatasetStore(root: "\(TrainingFixture.storage)/datasets")
        let encoder = try EncoderStore(folder: "\(TrainingFixture.storage)/encoders", datasets: datasets)
            .encoder(EncoderSpecification(encoder: "random", for: .polygons, in: datasets), device: CPUDevice()) { _ in }
        let dataset = try datasets.load("polygons"), train = try dataset.split("train"), test = try dataset.split("test")
        let reference = try GaussianFit(features: encoder.features(of: test.images(at: 0..<1000), count: 1000), dimension: 64)
        let noise = RandomStream(seed: 0, name: "test/noise").numbers(.uniform(low: 0, high: 1), step: 0, count: 784_000)
        let distances = try [Float(0), 0.05, 0.2, 0.5].map { level in
            let images = zip(train.images(at: 0..<1000), noise).map { (1 - level) * $0 + level * $1 }
            return try FrechetDistance.between(reference, GaussianFit(features: encoder.features(of: images, count: 1000), dimension: 64))
        }
        #expect(distances[1] > 1.3 * distances[0] && distances[2] > 4 * distances[1] && distances[3] > 3 * distances[2], "\(distances)")
    }

    @Test func aRunIsMeasuredByIt() throws {
        var specification = try TrainingFixture.specification(model: "ns-gan", steps: 6)
        specification.evaluation.encoder = "random"
        let events = try TrainingFixture.train(specification).results.map { try JSONValue(parsing: Array($0.utf8)) }
        let found = events.filter { $0["type"] == "evaluation" && $0["metric"] == "fid" }
        #expect(found.count == 1 && found[0]["encoder"] == "random-28x28x1" && (found[0]["value"]?.numberValue ?? 0) > 0)
        // An external specification that requires what the extractor cannot provide ends in an error with the reason.
        //
        specification.evaluation.metrics = ["is"]
        #expect(throws: TrainingError.noClasses(metric: "is", encoder: "random-28x28x1")) { try TrainingFixture.train(specification) }
    }
}
