import Canonical
import Codecs
import Datasets
import Engine
import Events
import Foundation
import Graphs
import Metrics
import Models
import Numerics
import Studies
import TestSupport
import Testing

@testable import Training

/// Data sets with low-resolution images, from import to measured runs, with a tiny model that enlarges.
@Suite(.serialized) struct SuperResolutionTests {
    static let models: [any StudyModel] = ModelCatalog.all + [Enlargement(), Enlargement(deviation: 0.05)]
    static let shape = ImageShape(height: 12, width: 16, channels: 3)
    static let metrics = ["diversity", "lr_psnr", "psnr", "psnr_y", "ssim", "ssim_uniform"]

    /// Smooth color pictures with fine grain.
    private static func pixels(_ count: Int, _ name: String) -> [UInt8] {
        let stream = RandomStream(seed: 3, name: name)
        return (0..<count).flatMap { image in
            let grain = stream.integers(below: 24, step: UInt64(image), count: shape.elements)
            return (0..<shape.elements).map { i in
                let y = i / 48, x = i / 3 % 16, c = i % 3
                let smooth: Int = y * 7 + x * 3 + c * 31 + image * 5
                return UInt8(60 + smooth % 120 + grain[i])
            }
        }
    }

    /// The data set in the storage of all tests of this room: 64 training and 256 test images.
    static let dataset: ImageDataset = {
        do {
            let store = DatasetStore(root: "\(TrainingFixture.storage)/datasets"), folder = try TemporaryFolder()
            for (split, count) in [("train", 64), ("test", 256)] {
                try FileSystem.makeFolder(folder.path(split))
                let all = pixels(count, split)
                for i in 0..<count {
                    let image = PixelImage(width: 16, height: 12, channels: 3, pixels: Array(all[i * shape.elements..<(i + 1) * shape.elements]))
                    try folder.write(PNG.encode(image), as: "\(split)/\(1000 + i).png")
                }
            }
            var own = OwnDataset(name: "tiny-sr", path: folder.path)
            own.lowResolution = LowResolution(scale: 2)
            try store.add(own: own)
            return try store.load("tiny-sr")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    static var facts: [DatasetFacts] {
        TrainingFixture.facts + [
            DatasetFacts(
                name: "tiny-sr", digest: dataset.digest, encoders: ["random"], classifiers: [], splits: ["train": 64, "test": 256], channels: 3, hasLowResolution: true)
        ]
    }

    private static func specification(_ model: String = "enlargement", dataset: String = "tiny-sr", metrics: [String]? = metrics) throws -> Specification {
        var evaluation: [String: JSONValue] = ["every": 4]
        if let metrics { evaluation["metrics"] = .array(metrics.map(JSONValue.string)) }
        return try Specification(
            reading: ["model": .string(model), "dataset": .string(dataset), "steps": 4, "batch_size": 24, "evaluation": .object(evaluation)],
            models: models.schemas, datasets: facts)
    }

    /// The values before training, by name.
    private func measured(_ model: String, _ metrics: [String] = metrics) throws -> [String: Training.Measurement] {
        let specification = try Self.specification(model, metrics: metrics)
        let program = try TrainingProgram(specification, fields: Self.dataset.fields, dataset: "tiny-sr", models: Self.models)
        let store = TensorStore(), device = CPUDevice(threads: 1)
        program.initialize(store, seed: 0)
        let evaluator = try Evaluator(specification, encoder: Encoder(unusedFor: Self.shape.elements), dataset: Self.dataset, models: Self.models)
        #expect(evaluator.protocols.allSatisfy { $0.condition == "low_resolution" && $0.encoder == "none" } && Set(evaluator.protocols.map(\.digest)).count == metrics.count)
        let sampler = Sampler(program, store: store, device: device, conditions: SplitBatches(try Self.dataset.split("test"), of: Self.dataset))
        return Dictionary(uniqueKeysWithValues: try evaluator.measure(sampler, isLast: true).map { ($0.name, $0) })
    }

    /// Each value beside its definition, computed from the pixels without the sampler. The low-resolution images are those of the data set.
    @Test func valuesAreThoseOfTheDefinition() throws {
        let found = try measured("enlargement"), test = Self.pixels(256, "test"), size = PictureSize(height: 12, width: 16, channels: 3)
        let reducing = BicubicResampler(height: 12, width: 16, toHeight: 6, toWidth: 8), enlarging = BicubicResampler(height: 6, width: 8, toHeight: 12, toWidth: 16)
        var scores: [String: [Double]] = [:]
        for image in 0..<256 {
            let truth = Array(test[image * 576..<(image + 1) * 576]), low = reducing.resampled(truth, channels: 3)
            let repeated = (0..<576).map { (i: Int) -> UInt8 in
                let row = i / 96, column = i / 6 % 8
                return low[(row * 8 + column) * 3 + i % 3]
            }
            for (name, picture) in [("", repeated), ("_bicubic", enlarging.resampled(low, channels: 3))] {
                scores["psnr\(name)", default: []].append(try PeakSignalToNoise().decibels(of: picture, against: truth, size: size))
                scores["psnr_y\(name)", default: []].append(try PeakSignalToNoise(.luma).decibels(of: picture, against: truth, size: size))
                scores["ssim\(name)", default: []].append(try StructuralSimilarity().similarity(of: picture, and: truth, size: size))
                scores["ssim_uniform\(name)", default: []].append(try StructuralSimilarity(.uniform).similarity(of: picture, and: truth, size: size))
                let small = PictureSize(height: 6, width: 8, channels: 3)
                scores["lr_psnr\(name)", default: []].append(try PeakSignalToNoise().decibels(of: reducing.resampled(picture, channels: 3), against: low, size: small))
            }
        }
        for (name, values) in scores {
            let expected = try PictureScore(values)
            #expect(found[name]?.value == expected.mean, "\(name)")
            if !name.hasSuffix("_bicubic") { #expect(found["\(name)_error"]?.value == expected.standardError, "\(name)") }
        }
        #expect(found.count == 18 && found.values.allSatisfy { $0.problem == nil })
        // One output per low-resolution image.
        #expect(found["diversity"]?.value == 0 && found["ntire_diversity"]?.value == 0 && found["diversity"]?.samples == 64)
    }

    /// Noise of standard deviation 0.05 is a diversity of 12.75 levels, and lowers the fidelity.
    @Test func noiseIsDiversity() throws {
        let plain = try measured("enlargement", ["psnr"]), noisy = try measured("noisy-enlargement", ["diversity", "psnr"])
        // 10 samples underestimate a standard deviation by the factor c4(10) = 0.9727; 64 x 576 values have a standard error of 0.02.
        #expect(abs((noisy["diversity"]?.value ?? 0) - 12.75 * 0.9727) < 0.08, "\(String(describing: noisy["diversity"]?.value))")
        #expect((noisy["ntire_diversity"]?.value ?? 0) > 50)
        #expect((noisy["psnr"]?.value ?? 99) < (plain["psnr"]?.value ?? 0) && noisy["psnr_bicubic"]?.value == plain["psnr_bicubic"]?.value)
    }

    /// A run from its specification to its events: default metrics, which need no feature extractor; the same bits for any number of threads, and where it was interrupted.
    @Test func runsAreMeasured() throws {
        let specification = try Self.specification("noisy-enlargement", metrics: nil)
        #expect(specification.evaluation.metrics == ["lr_psnr", "psnr", "ssim"] && specification.evaluation.samples == 256)
        #expect(Objective(ofSpecification: specification.json) == Objective(metric: "psnr"))
        let record = try TrainingFixture.train(specification, models: Self.models)
        let last = try record.results.map { try JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"] == "evaluation" }
        #expect(last.count == 9 && last.allSatisfy { $0["value"] != .null && $0["encoder"] == "none" && $0["reference_split"] == "test" })
        let short = try Self.specification("noisy-enlargement", metrics: ["psnr"]), alone = try TrainingFixture.train(short, threads: 2, models: Self.models)
        #expect(Set(alone.results.filter { $0.contains("\"evaluation\"") }).isSubset(of: record.results))
        #expect(try TrainingFixture.train(short, stoppingAfter: [2], models: Self.models) == alone)
    }

    @Test func modelsAndDataSetsWithoutLowResolution() throws {
        for (model, dataset, problem) in [
            ("enlargement", "polygons", #""psnr" needs a data set with low-resolution images, which polygons does not have"#),
            ("ns-gan", "tiny-sr", #""psnr" needs a model that generates images for low-resolution images; ns-gan does not"#),
        ] {
            let error = #expect(throws: FieldError.self) { () throws in _ = try Self.specification(model, dataset: dataset, metrics: ["psnr"]) }
            #expect(error?.description.contains(problem) == true, "\(error.map(String.init(describing:)) ?? "")")
        }
        let error = #expect(throws: TrainingError.self) { () throws in
            _ = try TrainingProgram(Self.specification("enlargement"), fields: [ExampleField(name: "images", shape: [12, 16, 3])], dataset: "plain", models: Self.models)
        }
        #expect(error?.description.contains("low_resolution") == true)
    }
}
