import Archives
import Canonical
import Codecs
import Datasets
import Engine
import Metrics
import Models
import Numerics
import Studies
import TestSupport
import Testing

@testable import Training

/// Pictures of any size through checkpoints of tiny models: whole, in tiles, and judged.
@Suite(.serialized) struct EnlargementTests {
    private static let shape = ImageShape(height: 16, width: 16, channels: 3)

    /// Color pictures with slopes, edges and grain.
    private static func picture(height: Int, width: Int, channels: Int = 3, seed: UInt64 = 1) -> PixelImage {
        let grain = RandomStream(seed: seed, name: "grain").integers(below: 30, step: 0, count: height * width * channels)
        let pixels = grain.indices.map { i in
            let y = i / (width * channels), x = i / channels % width, edge = (x / 5 + y / 7) % 2 * 60
            return UInt8(40 + edge + (y * 3 + x * 2 + i % channels * 20) % 90 + grain[i])
        }
        return PixelImage(width: width, height: height, channels: channels, pixels: pixels)
    }

    /// A data set for the scale 2 in the storage of all tests of this room.
    private static let dataset: ImageDataset = {
        do {
            let store = DatasetStore(root: "\(TrainingFixture.storage)/datasets"), folder = try TemporaryFolder()
            for (split, count) in [("train", 4), ("test", 3)] {
                try FileSystem.makeFolder(folder.path(split))
                for i in 0..<count { try folder.write(PNG.encode(picture(height: 16, width: 16, seed: UInt64(i))), as: "\(split)/\(i).png") }
            }
            var own = OwnDataset(name: "tiny-pictures", path: folder.path)
            own.lowResolution = LowResolution(scale: 2)
            try store.add(own: own)
            return try store.load("tiny-pictures")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    private static var facts: DatasetFacts {
        DatasetFacts(
            name: "tiny-pictures", digest: dataset.digest, encoders: ["random"], classifiers: [], splits: ["train": 4, "test": 3], channels: 3, hasLowResolution: true)
    }

    private static func specification(_ model: String, _ hyperparameters: [String: JSONValue] = [:], evaluation: JSONValue = ["metrics": ["psnr"]]) throws -> Specification {
        try Specification(
            reading: [
                "model": .string(model), "dataset": "tiny-pictures", "steps": 4, "batch_size": 2, "evaluation": evaluation, "hyperparameters": .object(hyperparameters),
            ], models: ModelCatalog.schemas, datasets: [facts])
    }

    /// A checkpoint whose parameters are the initial ones with noise, so that no layer is without effect.
    private static func checkpoint(_ model: String, _ hyperparameters: [String: JSONValue] = [:]) throws -> Archive {
        let specification = try specification(model, hyperparameters)
        let program = try TrainingProgram(specification, fields: dataset.fields, dataset: "tiny-pictures"), store = TensorStore()
        program.initialize(store, seed: 0)
        for name in store.names where !name.contains("adam") {
            let noise = RandomStream(seed: 0, name: name).numbers(.normal(mean: 0, deviation: 0.02), step: 0, count: store[name].count)
            store[name] = zip(store[name], noise).map(+)
        }
        let archive = Checkpoint(step: 4, metrics: [:]).archive(of: store, specification: specification, program: program)
        _ = try ArchiveStore(root: "\(TrainingFixture.storage)/archives").put(archive)
        return archive
    }

    private static let flow: [String: JSONValue] = ["depth": 1, "hidden": 4, "features": 4, "growth": 2, "blocks": 2, "stack_spacing": 1]

    private static func enlarger(_ archive: Archive, tile: Int, margin: Int = TileCover.leastMargin) throws -> PictureEnlarger {
        try PictureEnlarger(archive, tile: tile, margin: margin, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"), device: CPUDevice(threads: 1))
    }

    // MARK: Sizes

    /// A picture of the data set's size is what the run's own sampler makes of the same latents.
    @Test func theImageIsThatOfTheSampler() throws {
        let archive = try Self.checkpoint("srflow", Self.flow), enlarger = try Self.enlarger(archive, tile: 128)
        let frozen = try FrozenGenerator(archive, datasets: DatasetStore(root: "\(TrainingFixture.storage)/datasets"), device: CPUDevice(threads: 1))
        let sampler = try frozen.sampler(), low = sampler.conditions(start: 0, count: 1)
        var expected: [Float] = []
        sampler.images(stream: RandomStream(seed: 0, name: PictureEnlarger.latentStream), count: 1) { images, _ in expected += images }
        let size = PictureSize(height: 8, width: 8, channels: 3)
        #expect(try enlarger.enlarged(low.map { UInt8(($0 * 255).rounded()) }, size, draw: 0, temperature: 0.9) == expected)
        #expect(enlarger.temperature == 0.9 && enlarger.scale == 2)
    }

    /// Tiles with a margin as large as the receptive field give the bits of the whole picture, also of an odd size.
    @Test(arguments: ["srflow", "rrdb"]) func tilesAreTheWhole(_ model: String) throws {
        let small: [String: JSONValue] = model == "srflow" ? Self.flow : ["features": 4, "growth": 2, "blocks": 1]
        let archive = try Self.checkpoint(model, small), size = PictureSize(height: 7, width: 133, channels: 3)
        let low = Self.picture(height: size.height, width: size.width).pixels
        let whole = try Self.enlarger(archive, tile: 128).enlarged(low, size, draw: 0, temperature: 0.5)
        let tiled = try Self.enlarger(archive, tile: 16, margin: 48).enlarged(low, size, draw: 0, temperature: 0.5)
        #expect(whole.count == 4 * size.elements && whole == tiled)
        // With the margin of the command, seams are smaller than a level.
        let usual = try Self.enlarger(archive, tile: 32).enlarged(low, size, draw: 0, temperature: 0.5)
        #expect(zip(whole, usual).allSatisfy { abs($0 - $1) < 1.01 / 255 })
    }

    @Test func tilesCoverEveryPixelOnce() {
        for (height, width, size, multiple) in [(8, 8, 16, 2), (200, 61, 16, 1), (130, 96, 64, 2), (256, 64, 16, 32)] {
            let cover = TileCover(height: height, width: width, size: size, multiple: multiple)
            var seen = [Int](repeating: 0, count: height * width)
            for tile in cover.tiles {
                #expect(tile.rows.count == cover.windowHeight && tile.columns.count == cover.windowWidth)
                #expect(tile.rows.lowerBound % multiple == 0 && tile.columns.lowerBound % multiple == 0 && tile.rows.contains(tile.keptRows) && tile.columns.contains(tile.keptColumns))
                for y in tile.keptRows { for x in tile.keptColumns { seen[y * width + x] += 1 } }
            }
            #expect(seen.allSatisfy { $0 == 1 }, "\(height) x \(width) in tiles of \(size)")
        }
    }

    // MARK: Values

    /// Values are those of the saved pictures; bicubic enlargement is that of the resampler; the truth is cut to a multiple of the scale.
    @Test func valuesAreThoseOfTheSavedPictures() throws {
        var request = EnlargementRequest(checkpoint: try Self.checkpoint("srflow", Self.flow).digest)
        (request.temperatures, request.samples, request.border) = ([0, 0.8], 3, 2)
        let enlargement = try PictureEnlargement(request, storage: TrainingFixture.storage, threads: 1)
        let picture = Self.picture(height: 33, width: 46), size = PictureSize(height: 32, width: 46, channels: 3), lowSize = PictureSize(height: 16, width: 23, channels: 3)
        var saved: [String: [UInt8]] = [:]
        let found = try enlargement.enlarge(picture, named: "one") { kind, image in saved[kind] = image.pixels }
        let truth = Array(picture.pixels.prefix(size.elements)), reducing = BicubicResampler(height: 32, width: 46, toHeight: 16, toWidth: 23)
        let low = reducing.resampled(truth, channels: 3)
        #expect(saved["low"] == low && saved["bicubic"] == BicubicResampler(height: 16, width: 23, toHeight: 32, toWidth: 46).resampled(low, channels: 3))
        #expect(Set(saved.keys) == ["low", "bicubic", "0.0-0", "0.0-1", "0.0-2", "0.8-0", "0.8-1", "0.8-2"])
        func check(_ values: JSONValue?, _ kind: String) throws {
            let image = try #require(saved[kind])
            let expected = [
                "psnr": try PeakSignalToNoise(border: 2).decibels(of: image, against: truth, size: size),
                "psnr_y": try PeakSignalToNoise(.luma, border: 2).decibels(of: image, against: truth, size: size),
                "ssim": try StructuralSimilarity(border: 2).similarity(of: image, and: truth, size: size),
                "lr_psnr": try PeakSignalToNoise().decibels(of: reducing.resampled(image, channels: 3), against: low, size: lowSize),
            ]
            for (name, value) in expected { #expect(values?[name]?.numberValue == value, "\(kind) \(name)") }
        }
        try check(found["bicubic"], "bicubic")
        try check(found["samples"]?[0], "0.0-0")
        try check(found["samples"]?[1], "0.8-0")
        #expect(found["samples"]?[1]?["not_finite"]?.numberValue == 0 && found["bicubic"]?["not_finite"] == .null)
        // Without temperature all samples are one; with it they differ, by as much as the saved pictures do.
        #expect(saved["0.0-0"] == saved["0.0-2"] && found["samples"]?[0]?["diversity"]?.numberValue == 0)
        let draws = try (0..<3).map { draw in try #require(saved["0.8-\(draw)"]).map { Float($0) / 255 } }
        #expect(abs((found["samples"]?[1]?["diversity"]?.numberValue ?? 0) - SampleDiversity.pixelDeviation(draws)) < 1e-4 && draws[0] != draws[1])
        #expect(found["height"] == 32 && found["width"] == 46)
    }

    /// Means over pictures; the protocol changes with every choice and with the pictures.
    @Test func summaries() throws {
        let digest = try Self.checkpoint("rrdb", ["features": 4, "growth": 2, "blocks": 1]).digest
        func summary(_ seeds: [UInt64], border: Int = 0) throws -> (values: [JSONValue], summary: [String: JSONValue]) {
            var request = EnlargementRequest(checkpoint: digest)
            request.border = border
            let enlargement = try PictureEnlargement(request, storage: TrainingFixture.storage, threads: 2)
            let values = try seeds.map { try enlargement.enlarge(Self.picture(height: 24, width: 24, seed: $0), named: "p\($0)") { _, _ in } }
            return (values, enlargement.summary)
        }
        let both = try summary([1, 2]), psnr = both.values.compactMap { $0["samples"]?[0]?["psnr"]?.numberValue }
        #expect(psnr.count == 2 && both.summary["mean"]?["samples"]?[0]?["psnr"]?.numberValue == (psnr[0] + psnr[1]) / 2)
        #expect(both.summary["mean"]?["samples"]?[0]?["temperature"] == .null && both.summary["mean"]?["samples"]?[0]?["diversity"] == .null)
        let again = try summary([1, 2])
        #expect(again.values == both.values && again.summary == both.summary)
        let protocols = try [both.summary, summary([2, 1]).summary, summary([1]).summary, summary([1, 2], border: 4).summary].map { $0["protocol_digest"]?.stringValue ?? "" }
        #expect(Set(protocols).count == 4 && protocols.allSatisfy { $0.count == 64 })
        #expect(both.summary["protocol"]?.digest.hex == protocols[0])
    }

    /// Low-resolution pictures have no truth; gray ones and others are read with the model's channels.
    @Test func lowResolutionPictures() throws {
        var request = EnlargementRequest(checkpoint: try Self.checkpoint("bicubic").digest)
        request.isLowResolution = true
        let enlargement = try PictureEnlargement(request, storage: TrainingFixture.storage, threads: 1), folder = try TemporaryFolder()
        try folder.write(PNG.encode(Self.picture(height: 5, width: 9, channels: 1)), as: "gray.png")
        let files = try PictureFiles([folder.path]), picture = try PictureFiles.picture(files.files[0].path, channels: enlargement.channels)
        var saved: [String: PixelImage] = [:]
        let found = try enlargement.enlarge(picture, named: files.files[0].name) { saved[$0] = $1 }
        #expect(files.files.map(\.name) == ["gray"] && saved["0"]?.width == 18 && saved["0"]?.height == 10 && saved["0"]?.channels == 3)
        #expect(found["bicubic"]?["psnr"] == .null && (found["bicubic"]?["lr_psnr"]?.numberValue ?? 0) > 25)
        // The model interpolates without rounding between the axes.
        #expect(zip(saved["0"]?.pixels ?? [], saved["bicubic"]?.pixels ?? []).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    /// Where an inverse explodes, the picture is judged as it is written, and the share is told.
    @Test func numbersThatAreNotFinite() {
        let size = PictureSize(height: 16, width: 16, channels: 1), lowSize = PictureSize(height: 8, width: 8, channels: 1)
        let truth = [UInt8](repeating: 100, count: 256), reducing = BicubicResampler(height: 16, width: 16, toHeight: 8, toWidth: 8)
        let judge = PictureJudge(size: size, low: reducing.resampled(truth, channels: 1), lowSize: lowSize, truth: truth, border: 0) { reducing.resampled($0, channels: 1) }
        var exploded = truth.map { Float($0) / 255 }
        (exploded[3], exploded[200]) = (.nan, .infinity)
        let values = judge.values(samples: [exploded, truth.map { Float($0) / 255 }])
        // One pixel is black and one is white: 10 log10(255^2 256 / (100^2 + 155^2)).
        #expect(abs((values["psnr"] ?? 0) - 26.8952) < 1e-3, "\(values)")
        #expect(values["not_finite"] == 2.0 / 512 && values["diversity"] == nil)
    }

    // MARK: Errors

    @Test func whatCannotBeEnlarged() throws {
        let bicubic = try Self.checkpoint("bicubic").digest
        func problem(_ change: (inout EnlargementRequest) -> Void) -> String {
            var request = EnlargementRequest(checkpoint: bicubic)
            change(&request)
            do {
                let enlargement = try PictureEnlargement(request, storage: TrainingFixture.storage, threads: 1)
                _ = try enlargement.enlarge(Self.picture(height: 1, width: 9), named: "thin") { _, _ in }
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(problem { $0.temperatures = [0.5] } == "the samples of the model bicubic have no temperature; leave out --temperature")
        #expect(problem { $0.samples = 2 } == "the model bicubic makes one image for each picture; leave out --samples")
        #expect(problem { _ in } == "thin has 1 x 9 pixels, too few to be reduced by 2")
        let folder = try TemporaryFolder()
        #expect(throws: DatasetError.self) { () throws in _ = try PictureFiles([folder.path]) }
        #expect(throws: DatasetError.self) { () throws in _ = try PictureFiles([folder.path("none.png")]) }
        for name in ["a_HR.png", "a_LR.png", "b_HR.png", "b_LR.png"] { try folder.write([1], as: name) }
        let pairs = try PictureFiles([folder.path])
        #expect(pairs.files.map(\.name) == ["a_HR", "b_HR"] && pairs.leftOut == 2)
        #expect(throws: DatasetError.self) { () throws in _ = try PictureFiles([folder.path, folder.path("a_HR.png")]) }
    }

    /// Metrics that judge images one by one need two of them; metrics of distributions need more.
    @Test func fewImagesSufficeForPictures() throws {
        #expect(try Self.specification("rrdb", evaluation: ["metrics": ["psnr", "ssim"]]).evaluation.samples == 3)
        #expect(try Self.specification("rrdb").evaluation.samples == 3)
        #expect(try Self.specification("srflow", evaluation: ["metrics": ["bits_per_dimension"], "samples": 2]).evaluation.samples == 2)
        let specification = try Self.specification("rrdb", evaluation: ["metrics": ["psnr"], "samples": 2])
        #expect(try Specification(canonical: specification.json, models: ModelCatalog.schemas) == specification)
        for (evaluation, problem) in [
            (["metrics": ["fid", "psnr"]] as JSONValue, #"evaluation.reference_split: "test" of tiny-pictures has 3 images; evaluations need at least 256; add the data set with a larger test split"#),
            (["metrics": ["psnr"], "samples": 1], "evaluation.samples: 1 is out of range 2...3"),
        ] {
            let error = #expect(throws: FieldError.self) { () throws in _ = try Self.specification("rrdb", evaluation: evaluation) }
            #expect(error?.description == problem)
        }
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool { lowerBound <= other.lowerBound && upperBound >= other.upperBound }
}
