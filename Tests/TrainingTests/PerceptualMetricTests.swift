import Canonical
import Datasets
import Engine
import Extractors
import Models
import Studies
import TestSupport
import Testing

@testable import Training

/// LPIPS as a metric: the distances of the extractor that the evaluation names, and what is said without one.
extension SuperResolutionTests {
    /// A convolution and a distance for the images of `dataset`.
    private static let record = Result {
        let folder = try TemporaryFolder()
        let values = (0..<108).map { Float($0 * 37 % 19 - 9) / 27 }
        let path = try folder.write(
            SafetensorsFile.bytes([("a.bias", [4], [0.1, 0.05, 0.2, 0]), ("a.weight", [4, 3, 3, 3], values), ("d.weight", [1, 4, 1, 1], [0.25, 1, 0, 0.5])]), as: "w.safetensors")
        let manifest = try NetworkManifest(
            reading: [
                "format": "fidelio network 1", "name": "tiny-lpips", "input": ["height": 12, "width": 16, "channels": 3, "resize": "none", "divisor": 255],
                "layers": [
                    ["name": "a", "kind": "convolution", "outputs": 4, "kernel": [3, 3], "padding": [1, 1], "weight": "a.weight", "bias": "a.bias", "activation": "relu"],
                    ["name": "d", "kind": "perceptual", "weight": "d.weight"],
                ], "outputs": ["d": "d"], "features": "d",
            ])
        return try ExtractorStore(storage: TrainingFixture.storage).add(manifest, from: path).record
    }

    private static func perceptualFacts(_ record: ExtractorRecord?) throws -> [DatasetFacts] {
        let own = try #require(facts.first { $0.name == "tiny-sr" })
        return [
            DatasetFacts(
                name: own.name, digest: own.digest, encoders: own.encoders + (record.map { [$0.encoder] } ?? []), classifiers: [], splits: own.splits, channels: 3,
                hasLowResolution: true, perceptual: record.map { [$0.encoder] } ?? [])
        ]
    }

    private static func specification(_ model: String, encoder: String, _ facts: [DatasetFacts]) throws -> Specification {
        try Specification(
            reading: [
                "model": .string(model), "dataset": "tiny-sr", "steps": 4, "batch_size": 24,
                "evaluation": ["every": 4, "samples": 20, "metrics": ["lpips", "psnr"], "encoder": .string(encoder)],
            ], models: models.schemas, datasets: facts)
    }

    @Test func lpipsIsTheDistanceOfTheNamedExtractor() throws {
        let record = try Self.record.get(), specification = try Self.specification("enlargement", encoder: "tiny-lpips", Self.perceptualFacts(record))
        #expect(specification.evaluation.encoder == record.encoder)
        let choices = EncoderChoices(for: try DatasetStore(root: "\(TrainingFixture.storage)/datasets").description(named: "tiny-sr"), in: DatasetStore(root: "\(TrainingFixture.storage)/datasets"))
        #expect(choices.perceptual == [record.encoder])
        let extractor = try ExtractorStore(storage: TrainingFixture.storage).open(record, device: CPUDevice(threads: 1))
        let program = try TrainingProgram(specification, fields: Self.dataset.fields, dataset: "tiny-sr", models: Self.models), store = TensorStore()
        program.initialize(store, seed: 0)
        let evaluator = try Evaluator(specification, encoder: Encoder(extractor, shape: Self.shape), dataset: Self.dataset, models: Self.models)
        let test = try Self.dataset.split("test"), sampler = Sampler(program, store: store, device: CPUDevice(threads: 1), conditions: SplitBatches(test, of: Self.dataset))
        let found = Dictionary(uniqueKeysWithValues: try evaluator.measure(sampler, isLast: true).map { ($0.name, $0) })
        // The extractor is in the protocol of the metric that uses it alone.
        #expect(evaluator.protocols.map(\.encoder) == [record.encoder, "none"])

        // Pixels of the enlargement are those of the low resolution, each twice in both directions.
        let small = try #require(LowResolutionLevels(test, of: Self.dataset))
        var distances: [Double] = []
        for index in 0..<20 {
            let low = small.image(at: index)
            let picture = (0..<576).map { (i: Int) -> UInt8 in
                let row = i / 96, column = i / 6 % 8
                return low[(row * 8 + column) * 3 + i % 3]
            }
            let features = try extractor.features(of: picture + test.levels(at: index), count: 2, height: 12, width: 16, channels: 3).features
            var distance = 0.0
            for i in 0..<768 {
                let apart = Double(features[i]) - Double(features[768 + i])
                distance += apart * apart
            }
            distances.append(distance)
        }
        let mean = distances.reduce(0, +) / 20
        #expect(abs((found["lpips"]?.value ?? 0) - mean) < 1e-12 && mean > 0)
        #expect((found["lpips_error"]?.value ?? 0) > 0 && (found["lpips_bicubic"]?.value ?? 0) > 0 && found["psnr"]?.value != nil)
    }

    @Test func lpipsNeedsItsNetwork() throws {
        let known: ExtractorRecord? = try Self.record.get()
        for (record, words) in [(nil, "fidelio extractor add lpips-alex"), (known, "allowed: tiny-lpips.")] {
            let error = #expect(throws: FieldError.self) { () throws in _ = try Self.specification("enlargement", encoder: "random", Self.perceptualFacts(record)) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }
}
