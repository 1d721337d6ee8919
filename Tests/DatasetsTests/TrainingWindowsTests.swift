import Canonical
import Codecs
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Datasets

/// Training examples that are crops of larger stored images, drawn anew each time.
@Suite struct TrainingWindowsTests {
    private static let window = PatchRule.Window.fixed(height: 16, width: 20), windows = TrainingWindows(height: 16, width: 20)

    /// Two training pictures, one test picture, in pairs if low resolution is given; patches of 8 x 12 for testing.
    private static func add(_ folder: TemporaryFolder, isGiven: Bool, _ change: (inout OwnDataset) -> Void = { _ in }) throws -> ImageDataset {
        for (split, count) in [("train", 2), ("test", 1)] {
            try FileSystem.makeFolder(folder.path("in/\(split)"))
            for place in 0..<count {
                for (kind, height, width) in [("HR", 24, 40), ("LR", 6, 10)] where kind == "HR" || isGiven {
                    let pixels = (0..<height * width).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / width * 3 + place * 50) }
                    try folder.write(PNG.encode(PixelImage(width: width, height: height, channels: 1, pixels: pixels)), as: "in/\(split)/p\(place)_\(kind).png")
                }
            }
        }
        var own = OwnDataset(name: "own", path: folder.path("in"))
        own.lowResolution = LowResolution(scale: 4, kernel: isGiven ? .given : .bicubic)
        own.patches = PatchRule(height: 8, width: 12, count: 3, tiles: true, window: window)
        change(&own)
        let store = DatasetStore(root: folder.path("datasets")), status = try store.add(own: own)
        #expect((status.description.windows == nil) == (own.patches?.window == nil) && status.description.digest != nil)
        return try store.load("own")
    }

    /// A part of a gray picture.
    private static func part(of picture: [UInt8], width: Int, row: Int, column: Int, height: Int, to partWidth: Int) -> [UInt8] {
        var found: [UInt8] = []
        for y in row..<row + height { found += picture[y * width + column..<y * width + column + partWidth] }
        return found
    }

    private static func values(_ source: any BatchSource, _ field: String, _ batch: ExampleBatch) -> [[Float]] {
        let size = source.fields.first { $0.name == field }?.elements ?? 0
        var values = [Float](repeating: -1, count: batch.indices.count * size)
        unsafe values.withUnsafeMutableBufferPointer { unsafe source.copy(field, of: batch, into: $0) }
        return batch.indices.indices.map { Array(values[$0 * size..<($0 + 1) * size]) }
    }

    /// The crop of each position is that of its numbers, both resolutions show the same place, and an example differs from one epoch to the next.
    @Test(arguments: [false, true]) func cropsAreThoseOfTheStream(isGiven: Bool) throws {
        let dataset = try Self.add(try TemporaryFolder(), isGiven: isGiven), train = try dataset.split("train"), stored = try #require(train.windows)
        #expect(dataset.shape == ImageShape(height: 8, width: 12, channels: 1) && Set(stored.shapes) == [ImageShape(height: 16, width: 20, channels: 1)])
        #expect(train.count == 6 && stored.count == 6 && (stored.lowResolution?.shapes[0].width == 5) == isGiven)
        let source = TrainingBatches(train, of: dataset), batch = ExampleBatch(indices: (0..<30).map { $0 % 6 }, first: 12, seed: 9)
        let high = Self.values(source, "images", batch), low = Self.values(source, "low_resolution", batch)
        let stream = RandomStream(seed: 9, name: "data/crop"), step = isGiven ? 4 : 1, reducing = BicubicResampler(height: 8, width: 12, toHeight: 2, toWidth: 3)
        var corners: Set<[Int]> = []
        for (place, index) in batch.indices.enumerated() {
            let position = 12 + place
            let row = step * stream.integer(below: 8 / step + 1, step: 0, index: 2 * position), column = step * stream.integer(below: 8 / step + 1, step: 0, index: 2 * position + 1)
            corners.insert([row, column])
            let whole = stored.levels(at: index, row: 0, column: 0, shape: stored.shapes[index])
            let levels = Self.part(of: whole, width: 20, row: row, column: column, height: 8, to: 12)
            #expect(high[place] == levels.map { Float($0) / 255 })
            let small: [UInt8]
            if let given = stored.lowResolution {
                let partner = given.levels(at: index, row: 0, column: 0, shape: given.shapes[index])
                small = Self.part(of: partner, width: 5, row: row / 4, column: column / 4, height: 2, to: 3)
            } else {
                small = reducing.resampled(levels, channels: 1)
            }
            #expect(low[place] == small.map { Float($0) / 255 })
        }
        #expect(corners.count > (isGiven ? 3 : 15) && high[0] != high[6])
        // A batch depends on its positions alone: what a resumed run draws.
        let later = Self.values(source, "images", ExampleBatch(indices: Array(batch.indices[20...]), first: 32, seed: 9))
        #expect(later == Array(high[20...]) && Self.values(source, "images", ExampleBatch(indices: batch.indices, first: 12, seed: 10)) != high)
    }

    /// Outside of training, and as tiles of other splits, examples are fixed.
    @Test func otherExamplesAreFixed() throws {
        let dataset = try Self.add(try TemporaryFolder(), isGiven: false), train = try dataset.split("train"), test = try dataset.split("test")
        let stored = try #require(train.windows), whole = stored.levels(at: 2, row: 0, column: 0, shape: stored.shapes[2])
        #expect(train.levels(at: 2) == Self.part(of: whole, width: 20, row: 4, column: 4, height: 8, to: 12))
        #expect(test.windows == nil && test.count == 12 && test.shape == dataset.shape)
        let source = TrainingBatches(test, of: dataset), batch = ExampleBatch(indices: [0, 5], first: 3, seed: 1)
        #expect(Self.values(source, "images", batch) == Self.values(SplitBatches(test, of: dataset), "images", batch))
    }

    /// Whole pictures of different sizes: each crop lies in its own picture, with its partner; sizes are part of content and digest, and read back.
    @Test(arguments: [false, true]) func wholePicturesKeepTheirSizes(isGiven: Bool) throws {
        let folder = try TemporaryFolder(), sizes = [(24, 40), (40, 16), (8, 12)]
        for (split, count) in [("train", 3), ("test", 1)] {
            try FileSystem.makeFolder(folder.path("in/\(split)"))
            for place in 0..<count {
                for (kind, scale) in [("HR", 1), ("LR", 4)] where kind == "HR" || isGiven {
                    let (height, width) = (sizes[place].0 / scale, sizes[place].1 / scale)
                    let pixels = (0..<height * width).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / width * 3 + place * 50) }
                    try folder.write(PNG.encode(PixelImage(width: width, height: height, channels: 1, pixels: pixels)), as: "in/\(split)/p\(place)_\(kind).png")
                }
            }
        }
        var options = OwnDatasetOptions()
        (options.patch, options.tiles, options.window, options.lowResolution) = ("8x12", true, "whole", 4)
        options.lowResolutionKernel = isGiven ? "given" : nil
        let store = DatasetStore(root: folder.path("datasets")), own = try options.dataset(name: "own", path: folder.path("in"))
        let status = try store.add(own: own), dataset = try store.load("own"), train = try dataset.split("train"), stored = try #require(train.windows)
        #expect(status.description.windows == .whole(heights: [24, 40, 8], widths: [40, 16, 12]) && status.description.storedElements == 960 + 640 + 96 + 12 * 96)
        #expect(train.count == 3 && dataset.shape == ImageShape(height: 8, width: 12, channels: 1) && stored.shapes.map(\.width) == [40, 16, 12])
        let source = TrainingBatches(train, of: dataset), batch = ExampleBatch(indices: (0..<60).map { $0 % 3 }, first: 6, seed: 4)
        let high = Self.values(source, "images", batch), low = Self.values(source, "low_resolution", batch)
        let stream = RandomStream(seed: 4, name: "data/crop"), step = isGiven ? 4 : 1, reducing = BicubicResampler(height: 8, width: 12, toHeight: 2, toWidth: 3)
        var corners: Set<[Int]> = []
        for (place, index) in batch.indices.enumerated() {
            let (height, width) = sizes[index], position = 6 + place
            let row = step * stream.integer(below: (height - 8) / step + 1, step: 0, index: 2 * position)
            let column = step * stream.integer(below: (width - 12) / step + 1, step: 0, index: 2 * position + 1)
            corners.insert([index, row, column])
            let whole = (0..<height * width).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / width * 3 + index * 50) }
            let levels = Self.part(of: whole, width: width, row: row, column: column, height: 8, to: 12)
            #expect(high[place] == levels.map { Float($0) / 255 })
            let narrow = width / 4, partner = (0..<height / 4 * narrow).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / narrow * 3 + index * 50) }
            let small = isGiven ? Self.part(of: partner, width: narrow, row: row / 4, column: column / 4, height: 2, to: 3) : reducing.resampled(levels, channels: 1)
            #expect(low[place] == small.map { Float($0) / 255 })
        }
        #expect(corners.count > (isGiven ? 8 : 30) && high[2] == high[5])
        let content = DatasetContent(shape: dataset.shape, classes: 0, splits: dataset.splits, lowResolution: dataset.lowResolution, windows: dataset.windows)
        var bytes: [UInt8] = []
        content.forEachPiece { bytes += $0 }
        let read = try DatasetContent(parsing: bytes, file: "f")
        #expect(read.splits == dataset.splits && read.windows == dataset.windows && read.digest == dataset.digest)
        #expect(throws: DatasetError.self) { try DatasetContent(parsing: bytes.dropLast(), file: "f") }
        try folder.write(PNG.encode(PixelImage(width: 40, height: 4, channels: 1, pixels: Array(repeating: 0, count: 160))), as: "in/train/small_HR.png")
        if isGiven { try folder.write(PNG.encode(PixelImage(width: 10, height: 1, channels: 1, pixels: Array(repeating: 0, count: 10))), as: "in/train/small_LR.png") }
        let error = #expect(throws: DatasetError.self) { () throws in _ = try DatasetStore(root: folder.path("other")).add(own: own) }
        #expect(error?.description.contains("at least the size of a patch, 8 x 12") == true)
    }

    /// The size of windows is part of content, digest and record; both read back what was written.
    @Test(arguments: [false, true]) func contentKeepsTheWindows(isGiven: Bool) throws {
        let dataset = try Self.add(try TemporaryFolder(), isGiven: isGiven)
        let content = DatasetContent(shape: dataset.shape, classes: 0, splits: dataset.splits, lowResolution: dataset.lowResolution, windows: dataset.windows)
        var bytes: [UInt8] = []
        content.forEachPiece { bytes += $0 }
        let read = try DatasetContent(parsing: bytes, file: "f")
        #expect(read.splits == dataset.splits && read.windows == Self.windows && read.digest == dataset.digest)
        #expect(throws: DatasetError.self) { try DatasetContent(parsing: bytes.dropLast(), file: "f") }
        let plain = try Self.add(try TemporaryFolder(), isGiven: isGiven) { $0.patches = PatchRule(height: 8, width: 12, count: 3, tiles: true) }
        #expect(plain.windows == nil && plain.digest != dataset.digest)
    }

    @Test(arguments: [#"{"height":4,"width":4}"#, #"{"height":3,"width":8}"#, #"{"height":4}"#, #"{"height":70000,"width":8}"#, #"{"depth":1,"height":4,"width":8}"#, #"{"height":5,"width":8}"#,
        #"{"heights":[8],"widths":[8]}"#, #"{"heights":[],"widths":[]}"#, #"{"heights":[8,8]}"#, #"{"heights":[8,3],"widths":[8,8]}"#, #"{"heights":[8,8],"width":8,"widths":[8,8]}"#])
    func strangeHeadersAreRejected(windows: String) {
        let header = #"{"channels":1,"classes":0,"height":4,"low_resolution":{"kernel":"bicubic","scale":2},"pixels":"uint8","splits":[{"images":2,"name":"train"}],"white":255,"width":6,"windows":\#(windows)}"#
        let error = #expect(throws: DatasetError.self) { try DatasetContent(parsing: Array("fidelio images 1\n\(header)\n".utf8), file: "f") }
        #expect(error?.description.contains("the header") == true)
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let folder = try TemporaryFolder()
        _ = try Self.add(folder, isGiven: false)
        func refusal(_ change: @escaping (inout OwnDataset) -> Void) -> String {
            (#expect(throws: DatasetError.self) { () throws in _ = try Self.add(try TemporaryFolder(), isGiven: false, change) })?.description ?? ""
        }
        #expect(refusal { $0.patches = PatchRule(height: 8, width: 12, count: 3, tiles: true, window: .fixed(height: 32, width: 20)) }.contains("smaller than a patch of 32 x 20"))
        #expect(refusal { $0.patches = PatchRule(height: 8, width: 12, count: 3, tiles: true, window: .fixed(height: 18, width: 20)) }.contains("windows of 18 x 20"))
        try FileSystem.makeFolder(folder.path("alone"))
        for place in 0..<8 { try folder.write(PNG.encode(PixelImage(width: 20, height: 16, channels: 1, pixels: Array(repeating: UInt8(place), count: 320))), as: "alone/\(place).png") }
        var own = OwnDataset(name: "alone", path: folder.path("alone"))
        own.patches = PatchRule(height: 8, width: 12, count: 1, window: Self.window)
        let error = #expect(throws: DatasetError.self) { () throws in _ = try DatasetStore(root: folder.path("other")).add(own: own) }
        #expect(error?.description.contains("no test split is drawn") == true)
        for (change, words) in [
            ({ ($0.patch, $0.tiles, $0.window) = ("8", true, "16") }, "only with patches"), ({ $0.window = "16" }, "only with patches"),
            ({ ($0.patches, $0.patch, $0.window) = (1, "8", "8") }, "larger than a patch"), ({ ($0.patches, $0.patch, $0.window) = (1, "8", "16x4") }, "larger than a patch"),
            ({ ($0.patches, $0.patch, $0.window) = (1, "8", "x") }, "HEIGHTxWIDTH"),
        ] as [((inout OwnDatasetOptions) -> Void, String)] {
            var options = OwnDatasetOptions()
            change(&options)
            let fault = #expect(throws: OwnDatasetOptions.Fault.self) { () throws in _ = try options.dataset(name: "a", path: ".") }
            #expect(fault?.option == "window" && fault?.problem.contains(words) == true, "\(String(describing: fault))")
        }
    }
}
