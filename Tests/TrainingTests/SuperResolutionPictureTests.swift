import Archives
import Canonical
import Codecs
import Datasets
import Engine
import Foundation
import Graphs
import Metrics
import Models
import Numerics
import Studies
import TestSupport
import Testing

@testable import Training

/// The pictures of a super-resolution checkpoint: what they show, and that each has the same bytes however it is asked for.
@Suite(.serialized) struct SuperResolutionPictureTests {
    private static let shape = ImageShape(height: 16, width: 16, channels: 3)

    private static let dataset: ImageDataset = {
        do {
            let store = DatasetStore(root: "\(TrainingFixture.storage)/datasets"), folder = try TemporaryFolder(), stream = RandomStream(seed: 5, name: "pictures")
            for (split, count) in [("train", 16), ("test", 256)] {
                try FileSystem.makeFolder(folder.path(split))
                for i in 0..<count {
                    let grain = stream.integers(below: 60, step: UInt64(i), count: shape.elements)
                    let pixels = (0..<shape.elements).map { (place: Int) -> UInt8 in UInt8(40 + place / 48 * 8 + grain[place] + i % 30) }
                    try folder.write(PNG.encode(PixelImage(width: 16, height: 16, channels: 3, pixels: pixels)), as: "\(split)/\(1000 + i).png")
                }
            }
            var own = OwnDataset(name: "picture-sr", path: folder.path)
            own.lowResolution = LowResolution(scale: 4)
            try store.add(own: own)
            return try store.load("picture-sr")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    private static let tiny: [String: JSONValue] = ["features": 2, "growth": 1, "blocks": 2, "stack_spacing": 1, "hidden": 2, "depth": 1, "transition_steps": 1]

    private static func specification(_ model: String, evaluation: JSONValue = ["metrics": ["psnr"]]) throws -> Specification {
        let facts = DatasetFacts(
            name: "picture-sr", digest: dataset.digest, encoders: ["random"], classifiers: [], splits: ["train": 16, "test": 256], channels: 3, hasLowResolution: true)
        return try Specification(
            reading: [
                "model": .string(model), "dataset": "picture-sr", "steps": 2, "batch_size": 4,
                "hyperparameters": .object(model == "srflow" ? tiny.merging(["temperature": 0.7]) { $1 } : [:]), "evaluation": evaluation,
            ], models: ModelCatalog.schemas, datasets: [facts])
    }

    private static let maker = ExportMaker(storage: TrainingFixture.storage, threads: 1)

    /// A checkpoint whose parameters are drawn at random, small, so that the flow is far from the identity.
    private static func checkpoint(_ model: String) throws -> (digest: Digest, archive: Archive) {
        let generator = try FrozenGenerator(initial: specification(model).json, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"), device: CPUDevice(threads: 1))
        for (index, name) in generator.store.names.enumerated() where name.hasPrefix("flow/") && !name.contains("convolution/weight") {
            let noise = RandomStream(seed: 9, name: name).numbers(.normal(mean: 0, deviation: 0.05), step: UInt64(index), count: generator.store[name].count)
            generator.store[name] = zip(generator.store[name], noise).map { $0 + $1 }
        }
        let archive = generator.archive
        try ArchiveStore(root: TrainingFixture.storage + "/archives").put(archive)
        return (archive.digest, archive)
    }

    private func shown(_ digest: Digest, _ request: SuperResolutionRequest, threads: Int = 1) throws -> JSONValue {
        try ExportMaker(storage: TrainingFixture.storage, threads: threads).superResolution(digest, request)
    }

    private func picture(_ json: JSONValue, _ place: Int) throws -> (image: PixelImage, file: [UInt8]) {
        let file = try #require(json["pictures"]?[place]?["png"]?.stringValue.flatMap(Base64.bytes))
        return (try PNG.decode(file), file)
    }

    private static let all: [SuperResolutionPicture] = [
        .lowResolution, .truth, .bicubic, .sample(draw: 0), .sample(draw: 7), .difference(draw: 7), .consistency(draw: 7), .deviation,
    ]

    /// One picture by itself has the bytes, and so the digest, that it has among others; whatever the threads.
    @Test func aPictureHasTheSameBytesHoweverItIsAskedFor() throws {
        let (digest, _) = try Self.checkpoint("srflow"), request = SuperResolutionRequest(index: 3, temperature: 0.5, pictures: Self.all)
        let json = try shown(digest, request)
        #expect(try shown(digest, request, threads: 3) == json)
        for (place, picture) in Self.all.enumerated() {
            let (_, file) = try self.picture(json, place), alone = SuperResolutionRequest(index: 3, temperature: 0.5, pictures: [picture])
            #expect(try Self.maker.superResolutionPicture(digest, alone) == file)
            #expect(json["pictures"]?[place]?["digest"]?.stringValue == Digest.sha256(file).hex && json["pictures"]?[place]?["picture"]?.stringValue == picture.word)
            #expect(try Export(reading: Export.superResolutionPicture(checkpoint: digest, alone).json) == .superResolutionPicture(checkpoint: digest, alone))
        }
        #expect(json["temperature"] == 0.5 && json["images"] == 256 && json["split"] == "test" && json["scale"] == 4 && json["index"] == 3)
        #expect(try Export(reading: Export.superResolution(checkpoint: digest, request).json) == .superResolution(checkpoint: digest, request))
    }

    /// At the model's own temperature a sample is the image that evaluations generate; at 0 all samples are one, and the deviation grows with the temperature.
    @Test func samplesAreThoseOfEvaluations() throws {
        let (digest, archive) = try Self.checkpoint("srflow")
        let generator = try FrozenGenerator(archive, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"), device: CPUDevice(threads: 1))
        let own = try shown(digest, SuperResolutionRequest(index: 4, pictures: [.sample(draw: 0), .sample(draw: 2)]))
        for (place, draw) in [0, 2].enumerated() {
            var expected: [UInt8] = []
            try generator.sampler().images(stream: RandomStream(seed: 0, name: Evaluator.latentStream), start: 4, count: 1, draw: draw) { images, _ in
                expected = images.map { UInt8(($0 * 255).rounded()) }
            }
            #expect(try picture(own, place).image.pixels == expected)
        }
        var last = 0.0
        for (temperature, isSpread) in [(0.0, false), (0.5, true), (1, true)] {
            let json = try shown(digest, SuperResolutionRequest(index: 4, temperature: temperature, pictures: [.sample(draw: 0), .sample(draw: 1), .deviation]))
            #expect(try (picture(json, 0).file == picture(json, 1).file) != isSpread)
            let mean = try #require(json["pictures"]?[2]?["mean"]?.numberValue)
            #expect(isSpread ? mean > last : mean == 0)
            last = mean
        }
    }

    /// Maps and numbers beside their definitions, computed from the pictures themselves.
    @Test func mapsAndNumbersAreThoseOfTheDefinition() throws {
        let (digest, _) = try Self.checkpoint("srflow"), json = try shown(digest, SuperResolutionRequest(index: 1, pictures: Self.all))
        let truth = try Self.dataset.split("test").levels(at: 1), reducing = BicubicResampler(height: 16, width: 16, toHeight: 4, toWidth: 4)
        let low = reducing.resampled(truth, channels: 3), sample = try picture(json, 4).image.pixels, size = PictureSize(height: 16, width: 16, channels: 3)
        #expect(try picture(json, 0).image.pixels == low && picture(json, 1).image.pixels == truth)
        #expect(try picture(json, 2).image.pixels == BicubicResampler(height: 4, width: 4, toHeight: 16, toWidth: 16).resampled(low, channels: 3))
        #expect(try json["pictures"]?[4]?["psnr"]?.numberValue == PeakSignalToNoise().decibels(of: sample, against: truth, size: size))
        let small = PictureSize(height: 4, width: 4, channels: 3), reduced = reducing.resampled(sample, channels: 3)
        #expect(try json["pictures"]?[4]?["lr_psnr"]?.numberValue == PeakSignalToNoise().decibels(of: reduced, against: low, size: small))
        #expect(json["pictures"]?[1]?["psnr"] == .null && json["pictures"]?[0]?["psnr"] == .null)
        for (place, one, other, white) in [(5, sample, truth, 64.0), (6, reduced, low, 16.0)] {
            let differences = zip(one, other).map { abs(Double($0) - Double($1)) }
            let levels = (0..<one.count / 3).map { (pixel: Int) -> Double in (differences[3 * pixel] + differences[3 * pixel + 1] + differences[3 * pixel + 2]) / 3 }
            #expect(try picture(json, place).image.pixels == levels.map { UInt8(min(255, (255 * $0 / white).rounded())) })
            #expect(json["pictures"]?[place]?["largest"]?.numberValue == levels.max() && json["pictures"]?[place]?["white"]?.numberValue == white)
        }
    }

    // MARK: Restoration

    private static func restoration(_ model: String, _ archive: Archive) throws -> [String: Training.Measurement] {
        let specification = try specification(model, evaluation: ["metrics": ["restoration"], "options": ["restoration": ["samples": 6]]])
        let evaluator = try Evaluator(specification, encoder: Encoder(unusedFor: shape.elements), dataset: dataset)
        let generator = try FrozenGenerator(archive, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"), device: CPUDevice(threads: 1))
        let sampler = try generator.sampler()
        return Dictionary(uniqueKeysWithValues: try evaluator.measure(sampler, isLast: true).map { ($0.name, $0) })
    }

    /// The metric, by batches of 4 of which the last is not full, beside the pictures, one by one. Latents as they were encoded give the noisy image back; normalized ones have the
    /// deviation of a sample's.
    @Test func restorationIsTheMeanOfItsPictures() throws {
        let (digest, archive) = try Self.checkpoint("srflow"), found = try Self.restoration("srflow", archive)
        let kinds: [(String, SuperResolutionPicture)] = [
            ("restoration_degraded", .degraded), ("restoration_none", .restored(nil)), ("restoration_global", .restored(.global)), ("restoration_local", .restored(.local)),
            ("restoration_spatial", .restored(.spatial)),
        ]
        var sums = [Double](repeating: 0, count: kinds.count)
        for index in 0..<6 {
            let json = try shown(digest, SuperResolutionRequest(index: index, pictures: kinds.map(\.1)))
            for place in kinds.indices { sums[place] += try #require(json["pictures"]?[place]?["psnr"]?.numberValue) }
        }
        for (place, kind) in kinds.enumerated() {
            let value = try #require(found[kind.0]?.value)
            #expect(abs(value - sums[place] / 6) < 1e-12 * value, "\(kind.0): \(value)")
        }
        #expect(found["restoration_none"]?.value == found["restoration_degraded"]?.value && found["restoration_local"]?.value != found["restoration_spatial"]?.value)
        let deviations = try ["none", "global", "spatial"].map { try #require(found["latent_deviation_\($0)"]?.value) }
        #expect(deviations[1...].allSatisfy { abs($0 - 0.7) < 0.05 } && abs(deviations[0] - 0.7) > 0.05, "\(deviations)")
        #expect(found.count == 9 && found.values.allSatisfy { $0.samples == 6 && $0.problem == nil })
    }

    @Test func onlyFlowsRestore() throws {
        let (_, archive) = try Self.checkpoint("bicubic"), found = try Self.restoration("bicubic", archive)
        #expect(found.count == 9 && found.values.allSatisfy { $0.value == nil && $0.problem?.contains("no latents of given images") == true })
    }

    /// A decoded encoding has the image's own levels, of any image.
    @Test func latentsGiveTheirImageBack() throws {
        let specification = try Self.specification("srflow"), device = CPUDevice(threads: 1)
        let configuration = ModelConfiguration(
            hyperparameters: specification.hyperparameters, architecture: specification.architecture, images: ExampleShape(height: 16, width: 16, channels: 3), batchSize: 1,
            steps: 1, fields: [BatchField("low_resolution", [4, 4, 3])])
        let map = try #require(try SRFlow().latentMap(configuration)), (_, archive) = try Self.checkpoint("srflow"), store = TensorStore()
        for entry in archive.entries {
            guard case .float32(let numbers) = entry.elements else { continue }
            store.create(entry.name, Shape(entry.shape))
            store[entry.name] = numbers
        }
        let encoding = Session(try map.encoding(), store: store, device: device, seed: 0), decoding = Session(try map.decoding(), store: store, device: device, seed: 0)
        let truth = try Self.dataset.split("test").levels(at: 0), low = BicubicResampler(height: 16, width: 16, toHeight: 4, toWidth: 4).resampled(truth, channels: 3)
        for session in [encoding, decoding] { session.setInput("low_resolution", low.map { Float($0) / 255 }) }
        encoding.setInput("images", truth.map { Float($0) / 255 })
        encoding.run(step: 0)
        decoding.setInput("latents", encoding.output("latents"))
        decoding.run(step: 0)
        #expect(decoding.output("images").map { UInt8(($0 * 255).rounded()) } == truth)
        #expect(map.groups.reduce(0) { $0 + $1.count } == 768 && map.temperature == 0.7)
    }

    /// An uploaded low resolution of any size: enlarged by the run's scale, with samples that have its size, and without anything that needs the truth. Gray is repeated in all channels.
    @Test func anUploadIsEnlarged() throws {
        let (digest, _) = try Self.checkpoint("srflow"), folder = "\(TrainingFixture.storage)/\(SuperResolutionRequest.uploads)"
        try FileSystem.makeFolder(folder)
        for channels in [1, 3] {
            // Five rows and seven columns, which the levels of the flow do not divide.
            let image = PixelImage(width: 7, height: 5, channels: channels, pixels: (0..<35 * channels).map { (place: Int) -> UInt8 in UInt8(place * 37 % 200) })
            let file = PNG.encode(image), upload = Digest.sha256(file)
            try AtomicFile.write(file, to: "\(folder)/\(upload.hex).png")
            let pictures: [SuperResolutionPicture] = [.lowResolution, .bicubic, .sample(draw: 0), .sample(draw: 1), .consistency(draw: 0), .between(draw: 0, and: 1, percent: 100)]
            let request = SuperResolutionRequest(.upload(upload), temperature: 0.4, pictures: pictures), json = try shown(digest, request)
            #expect(try shown(digest, request, threads: 2) == json && json["upload"]?.stringValue == upload.hex && json["index"] == .null && json["split"] == .null)
            let low = try picture(json, 0).image
            #expect(low.width == 7 && low.height == 5 && low.pixels == (channels == 3 ? image.pixels : image.pixels.flatMap { [$0, $0, $0] }))
            let sample = try picture(json, 2).image
            #expect(try sample.width == 28 && sample.height == 20 && picture(json, 3).image != sample && picture(json, 5).image == picture(json, 3).image)
            #expect(json["pictures"]?[2]?["psnr"] == .null && json["pictures"]?[2]?["lr_psnr"]?.numberValue != nil)
            let alone = SuperResolutionRequest(.upload(upload), temperature: 0.4, pictures: [.sample(draw: 1)])
            #expect(try Self.maker.superResolutionPicture(digest, alone) == picture(json, 3).file)
            #expect(try Export(reading: Export.superResolution(checkpoint: digest, alone).json) == .superResolution(checkpoint: digest, alone))
            for needy in [SuperResolutionPicture.truth, .difference(draw: 0), .degraded, .transfer(index: 0, nil), .pasted(index: 1)] {
                #expect(throws: ExportError.noTruth(picture: needy.word)) { () throws in _ = try shown(digest, SuperResolutionRequest(.upload(upload), pictures: [needy])) }
            }
        }
        let missing = Digest.sha256("missing")
        #expect(throws: ExportError.noUpload(missing)) { () throws in _ = try shown(digest, SuperResolutionRequest(.upload(missing), pictures: [.bicubic])) }
    }

    /// A model without latents has one sample and no temperature.
    @Test func modelsWithoutLatents() throws {
        let (digest, _) = try Self.checkpoint("bicubic")
        let json = try shown(digest, SuperResolutionRequest(index: 0, pictures: [.sample(draw: 0), .sample(draw: 3), .bicubic, .deviation]))
        #expect(json["temperature"] == .null && json["pictures"]?[3]?["largest"]?.numberValue == 0)
        #expect(try picture(json, 0).image.pixels == picture(json, 1).image.pixels)
        #expect(throws: ExportError.noTemperature(model: "bicubic")) { () throws in
            _ = try shown(digest, SuperResolutionRequest(index: 0, temperature: 0.5, pictures: [.truth]))
        }
        #expect(throws: ExportError.noSuchImage(index: 256, split: "test", count: 256)) { () throws in
            _ = try shown(digest, SuperResolutionRequest(index: 256, pictures: [.truth]))
        }
    }

    /// Between two samples: they themselves at the ends, and something else between them. An image's own latents give it back; normalized, they have the moments of a sample's.
    @Test func latentSpace() throws {
        let (digest, _) = try Self.checkpoint("srflow")
        let pictures: [SuperResolutionPicture] = [
            .sample(draw: 1), .between(draw: 1, and: 2, percent: 0), .sample(draw: 2), .between(draw: 1, and: 2, percent: 100), .between(draw: 1, and: 2, percent: 50), .truth,
            .transfer(index: 2, nil), .image(index: 5), .transfer(index: 5, nil), .transfer(index: 5, .global), .degraded, .restored(nil), .restored(.local), .pasted(index: 5),
            .blended(index: 5, nil), .blended(index: 5, .spatial),
        ]
        let json = try shown(digest, SuperResolutionRequest(index: 2, pictures: pictures))
        func pixels(_ place: Int) throws -> [UInt8] { try picture(json, place).image.pixels }
        #expect(try pixels(0) == pixels(1) && pixels(2) == pixels(3) && pixels(4) != pixels(0) && pixels(4) != pixels(2))
        // Decoded under the low resolution of their own, latents give their image back.
        for (back, image) in [(6, 5), (11, 10), (14, 13)] {
            let changed = try zip(pixels(back), pixels(image)).map { abs(Int($0) - Int($1)) }
            #expect(changed.allSatisfy { $0 == 0 }, "\(pictures[back].word): \(changed.count { $0 != 0 }) of \(changed.count) differ, by at most \(changed.max() ?? 0)")
        }
        #expect(try pixels(7) == Self.dataset.split("test").levels(at: 5) && pixels(10) != pixels(5))
        // The middle is the other image's, the border the image's own.
        let (pasted, own, other) = try (pixels(13), pixels(5), pixels(7))
        let middle = 4..<12
        for place in 0..<768 {
            let isInside = middle.contains(place / 48) && middle.contains(place / 3 % 16)
            #expect(pasted[place] == (isInside ? other[place] : own[place]))
        }
        // 6 x 8 x 8 leave after the first level, 96 x 2 x 2 at the end.
        let groups = try #require(json["pictures"]?[9]?["latents"]?.arrayValue), free = try #require(json["pictures"]?[8]?["latents"]?.arrayValue)
        #expect(groups.map { $0["channels"] } == [6, 96] && groups.map { $0["height"] } == [8, 2] && json["pictures"]?[0]?["latents"] == [])
        let sample = RandomStream(seed: 0, name: Evaluator.latentStream).numbers(.normal(mean: 0, deviation: 1), step: 0, start: 2 * 768, count: 768).map { $0 * 0.7 }
        for (place, range) in [0..<384, 384..<768].enumerated() {
            let wanted = Moments(Array(sample[range]))
            let mean = groups[place]["normalized_mean"]?.numberValue ?? 9, deviation = groups[place]["normalized_deviation"]?.numberValue ?? 9
            #expect(abs(mean - wanted.mean) < 1e-6 && abs(deviation - wanted.deviation) < 1e-6)
            #expect(groups[place]["mean"] == free[place]["mean"] && free[place]["mean"] == free[place]["normalized_mean"])
        }
    }

    /// Each group has the moments of the same group of the sample.
    @Test(arguments: LatentNormalization.allCases) func normalizationGivesTheMomentsOfASample(normalization: LatentNormalization) {
        let groups = [ExampleShape(height: 2, width: 3, channels: 4), ExampleShape(height: 1, width: 2, channels: 8)], stream = RandomStream(seed: 3, name: "latents")
        let own = stream.numbers(.normal(mean: 2, deviation: 5), step: 0, count: 40), sample = stream.numbers(.normal(mean: 0, deviation: 1), step: 1, count: 40)
        let result = normalization.normalized(own, like: sample, groups: groups)
        func moments(_ values: [Float], _ members: [Int]) -> Moments { Moments(members.map { values[$0] }) }
        let members: [[Int]] = switch normalization {
        case .global: [Array(0..<24), Array(24..<40)]
        case .local: (0..<6).map { Array($0 * 4..<$0 * 4 + 4) } + [Array(24..<32), Array(32..<40)]
        case .spatial: (0..<4).map { c in (0..<6).map { $0 * 4 + c } } + (0..<8).map { [24 + $0, 32 + $0] }
        }
        for group in members {
            let (one, other) = (moments(result, group), moments(sample, group))
            #expect(abs(one.mean - other.mean) < 1e-5 && abs(one.deviation - other.deviation) < 1e-5)
        }
        // Equal values have no deviation to scale.
        let equal = normalization.normalized([Float](repeating: 3, count: 40), like: sample, groups: groups)
        #expect(equal.allSatisfy { $0.isFinite })
    }

    @Test func onlyAFlowHasLatents() throws {
        let (digest, _) = try Self.checkpoint("bicubic")
        for picture in [SuperResolutionPicture.between(draw: 0, and: 1, percent: 50), .transfer(index: 1, nil), .restored(.local)] {
            #expect(throws: ExportError.noLatents(model: "bicubic")) { () throws in _ = try shown(digest, SuperResolutionRequest(index: 0, pictures: [picture])) }
        }
        #expect(throws: ExportError.noSuchImage(index: 256, split: "test", count: 256)) { () throws in _ = try shown(digest, SuperResolutionRequest(index: 0, pictures: [.pasted(index: 256)])) }
    }

    @Test(arguments: ["between-1-2", "between-1-2-101", "transfer-1", "transfer-1-all", "transfer-none", "restored", "restored-1-none", "blend-1", "paste", "image--1", "degraded-1", "", "sample", "sample-", "sample-03", "sample-10000", "sample--1", "Sample-1", "truth-1", "difference", "low-", "deviation-1", "sample-1-2"])
    func otherWordsAreNoPictures(word: String) { #expect(SuperResolutionPicture(word: word) == nil) }

    @Test func wordsAreReadAsTheyAreWritten() { for picture in Self.all + [.between(draw: 1, and: 2, percent: 5), .transfer(index: 3, .local), .restored(nil), .blended(index: 9, .spatial), .pasted(index: 1), .image(index: 2), .degraded] { #expect(SuperResolutionPicture(word: picture.word) == picture) } }
}
