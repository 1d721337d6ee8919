import Canonical
import Codecs
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Datasets

/// Data sets whose examples have low-resolution partners.
@Suite struct LowResolutionTests {
    private static let shape = ImageShape(height: 8, width: 4, channels: 3)
    private static let bytes = (0..<3 * 96).map { UInt8(($0 * 37) % 251) }

    private static func dataset(_ pixels: ImagePixels, _ kind: LowResolution? = LowResolution(scale: 2), given: DatasetSplit? = nil) -> ImageDataset {
        let split = DatasetSplit(name: "train", shape: shape, pixels: pixels, labels: [0, 1, 2], lowResolution: given)
        return ImageDataset(name: "d", shape: shape, classes: 3, splits: [split], lowResolution: kind)
    }

    private static func values(_ dataset: ImageDataset, _ indices: [Int]) throws -> [Float] {
        let source = SplitBatches(try dataset.split("train"), of: dataset)
        var values = [Float](repeating: -1, count: indices.count * 24)
        unsafe values.withUnsafeMutableBufferPointer { unsafe source.copy("low_resolution", of: ExampleBatch(indices: indices, first: 0, seed: 0), into: $0) }
        return values
    }

    @Test func batchesDeliverTheField() throws {
        let dataset = Self.dataset(.bytes(Self.bytes, white: 255))
        #expect(dataset.fields.last == ExampleField(name: "low_resolution", shape: [4, 2, 3]) && dataset.fields.map(\.name) == ["images", "labels", "low_resolution"])
        let resampler = BicubicResampler(height: 8, width: 4, toHeight: 4, toWidth: 2)
        let levels = [2, 0].flatMap { (index: Int) -> [UInt8] in resampler.resampled(Array(Self.bytes[index * 96..<(index + 1) * 96]), channels: 3) }
        let expected = levels.map { Float($0) / 255 }
        #expect(try Self.values(dataset, [2, 0]) == expected)
        // Other pixel types count as 8-bit levels.
        #expect(try Self.values(Self.dataset(.floats(Self.bytes.map { Float($0) / 255 })), [2, 0]) == expected)
    }

    /// Scale, kernel and given pixels are part of the digest; a data set without partners has the digest that it always had.
    @Test func contentKeepsThePartners() throws {
        let plain = Self.dataset(.bytes(Self.bytes, white: 255), nil), low = (0..<72).map { UInt8($0 * 3) }
        let partners = DatasetSplit(name: "train", shape: ImageShape(height: 4, width: 2, channels: 3), pixels: .bytes(low, white: 255), labels: nil)
        let given = Self.dataset(.bytes(Self.bytes, white: 255), LowResolution(scale: 2, kernel: .given), given: partners)
        #expect(try Self.values(given, [1]) == low[24..<48].map { Float($0) / 255 })
        let all = [plain, given, Self.dataset(.bytes(Self.bytes, white: 255)), Self.dataset(.bytes(Self.bytes, white: 255), LowResolution(scale: 4))]
        #expect(Set(all.map(\.digest)).count == 4)
        #expect(plain.digest.hex == "dd5fcfe34cfd5e7f8f35c54b53214a1e9de49bdd1a9b26dd7252509d210f48d3")
        for dataset in all {
            let content = DatasetContent(shape: dataset.shape, classes: 3, splits: dataset.splits, lowResolution: dataset.lowResolution)
            var bytes: [UInt8] = []
            content.forEachPiece { bytes += $0 }
            let read = try DatasetContent(parsing: bytes, file: "f")
            #expect(read.splits == dataset.splits && read.lowResolution == dataset.lowResolution && read.digest == dataset.digest)
            #expect(throws: DatasetError.self) { try DatasetContent(parsing: bytes.dropLast(), file: "f") }
        }
    }

    @Test(arguments: [#"{"kernel":"bicubic","scale":3}"#, #"{"kernel":"bicubic","scale":8}"#, #"{"kernel":"lanczos","scale":2}"#, #"{"scale":2}"#])
    func strangeHeadersAreRejected(partners: String) {
        let header = #"{"channels":1,"classes":0,"height":4,"low_resolution":\#(partners),"pixels":"uint8","splits":[],"white":255,"width":4}"#
        #expect(throws: DatasetError.self) { try DatasetContent(parsing: Array("fidelio images 1\n\(header)\n".utf8), file: "f") }
    }

    // MARK: Importing

    private struct Pictures {
        let folder: TemporaryFolder
        var store: DatasetStore { DatasetStore(root: folder.path("datasets")) }

        init() throws {
            folder = try TemporaryFolder()
            try FileSystem.makeFolder(folder.path("in"))
        }

        /// A pattern that tells pictures and positions apart.
        func put(_ name: String, _ height: Int, _ width: Int, channels: Int = 3, seed: Int = 0) throws {
            let pixels = (0..<height * width * channels).map { UInt8(truncatingIfNeeded: $0 * 7 + seed * 50) }
            try FileSystem.makeFolder(FileSystem.folder(of: folder.path("in/\(name)")))
            try folder.write(PNG.encode(PixelImage(width: width, height: height, channels: channels, pixels: pixels)), as: "in/\(name)")
        }

        @discardableResult
        func add(_ change: (inout OwnDataset) -> Void) throws -> DatasetStore.Status {
            var own = OwnDataset(name: "own", path: folder.path("in"))
            (own.test, own.lowResolution) = (0, LowResolution(scale: 4))
            change(&own)
            return try store.add(own: own)
        }

        func refusal(_ change: (inout OwnDataset) -> Void = { _ in }) -> String {
            (#expect(throws: DatasetError.self) { try add(change) })?.description ?? ""
        }
    }

    @Test func importedPicturesHavePartners() throws {
        let pictures = try Pictures()
        try pictures.put("a.png", 8, 12)
        try pictures.put("b.png", 8, 12, seed: 1)
        let status = try pictures.add { _ in }
        #expect(status.description.lowResolution == LowResolution(scale: 4) && status.source?.contains("low resolution 1/4, bicubic") == true)
        #expect(pictures.store.list().last?.description.fields.last?.description == #""low_resolution" [2,3,3]"#)
        let dataset = try pictures.store.load("own")
        #expect(dataset.lowResolution == LowResolution(scale: 4) && dataset.digest == status.description.digest)
        #expect(pictures.refusal { $0.lowResolution = LowResolution(scale: 8) }.contains("the scale 8 of the low resolution does not divide"))
    }

    @Test(arguments: [("HR/a.png", "LR/a.png", "HR/b.png", "LR/b.png"), ("HR/a.png", "LR/ax4.png", "HR/b.png", "LR/bx4.png"), ("a_4_HR.png", "a_4_LR.png", "b_4_HR.png", "b_4_LR.png")])
    func pairsAreFound(a: String, smallA: String, b: String, smallB: String) throws {
        let pictures = try Pictures()
        try pictures.put(a, 8, 12)
        try pictures.put(b, 8, 12, seed: 1)
        try pictures.put(smallB, 2, 3, seed: 3)
        #expect(pictures.refusal { $0.lowResolution = LowResolution(scale: 4, kernel: .given) }.contains("no low-resolution picture of its name: 2 pictures, 1"))
        try pictures.put(smallA, 2, 3, seed: 2)
        try pictures.add { $0.lowResolution = LowResolution(scale: 4, kernel: .given) }
        let dataset = try pictures.store.load("own"), split = try dataset.split("train")
        #expect(split.count == 2 && split.labels == nil && dataset.shape == ImageShape(height: 8, width: 12, channels: 3))
        #expect(split.lowResolution?.levels(at: 0)[0] == 100 && split.lowResolution?.levels(at: 1)[0] == 150 && split.levels(at: 1)[0] == 50)
        #expect(pictures.refusal { $0.lowResolution = LowResolution(scale: 2, kernel: .given) }.contains("1/2 of"))
        #expect(pictures.refusal { ($0.lowResolution, $0.rule) = (LowResolution(scale: 4, kernel: .given), ImageRule(crop: .square)) }.contains("do not apply to given"))
        // Made from the pictures, the given ones are left out.
        let made = try DatasetStore(root: pictures.folder.path("other")).add(own: {
            var own = OwnDataset(name: "made", path: pictures.folder.path("in"))
            (own.test, own.lowResolution) = (0, LowResolution(scale: 4))
            return own
        }())
        #expect(made.description.splits == [SplitSize("train", 2)] && made.leftOut.map(\.count) == [2] && made.description.classes == 0)
    }

    /// Pictures of different sizes: patches of equal size, in pairs, the test split by whole pictures, and the same ones whenever they are added.
    @Test func patches() throws {
        let pictures = try Pictures()
        for (place, size) in [(16, 24), (12, 40), (32, 16)].enumerated() {
            try pictures.put("p\(place)_HR.png", size.0, size.1, channels: place == 1 ? 1 : 3, seed: place)
            try pictures.put("p\(place)_LR.png", size.0 / 4, size.1 / 4, channels: place == 1 ? 1 : 3, seed: place)
        }
        #expect(pictures.refusal().contains("--patches"))
        let cut = { (own: inout OwnDataset) in
            (own.patches, own.channels, own.test) = (PatchRule(height: 8, width: 12, count: 5), 3, 1)
            own.lowResolution = LowResolution(scale: 4, kernel: .given)
        }
        let status = try pictures.add(cut)
        #expect(status.description.splits == [SplitSize("train", 10), SplitSize("test", 5)] && status.source?.contains("5 patches of 8 x 12 per picture") == true)
        let dataset = try pictures.store.load("own")
        let test = try dataset.split("test"), low = try #require(test.lowResolution)
        #expect(low.shape == ImageShape(height: 2, width: 3, channels: 3) && low.count == 5)
        // Tiles: 2 x 2, 2 x 4 and 4 x 2 of 8 x 12 or more; the drawn test split is one whole picture.
        let tiled = try DatasetStore(root: pictures.folder.path("tiled")).add(own: {
            var own = OwnDataset(name: "tiled", path: pictures.folder.path("in"))
            cut(&own)
            own.patches = PatchRule(height: 8, width: 12, count: nil, tiles: true)
            return own
        }())
        #expect(tiled.description.images == 20 && [4, 8].contains(tiled.description.splits[1].count))
        let again = try Pictures()
        for (place, size) in [(16, 24), (12, 40), (32, 16)].enumerated() {
            try again.put("p\(place)_HR.png", size.0, size.1, channels: place == 1 ? 1 : 3, seed: place)
            try again.put("p\(place)_LR.png", size.0 / 4, size.1 / 4, channels: place == 1 ? 1 : 3, seed: place)
        }
        #expect(try again.add(cut).description.digest == status.description.digest)
        #expect(pictures.refusal { cut(&$0); $0.patches = PatchRule(height: 8, width: 10, count: 1) }.contains("multiples of the scale, 4"))
        #expect(pictures.refusal { cut(&$0); $0.patches = PatchRule(height: 16, width: 16, count: 1) }.contains("smaller than a patch of 16 x 16"))
    }

    /// A patch and its partner show the same place.
    @Test func patchesOfPairsAgree() throws {
        let rule = PatchRule(height: 8, width: 8, count: 40)
        let corners = try #require(rule.corners(picture: 3, height: 20, width: 8, step: 4))
        #expect(corners.allSatisfy { $0.row.isMultiple(of: 4) && (0...12).contains($0.row) && $0.column == 0 } && Set(corners.map(\.row)) == [0, 4, 8, 12])
        #expect(rule.corners(picture: 3, height: 7, width: 8, step: 1) == nil)
        let tiles = PatchRule(height: 8, width: 8, count: 1, tiles: true)
        let covering = try #require(tiles.corners(picture: 0, height: 20, width: 16, step: 4, split: "test"))
        #expect(covering.map { [$0.row, $0.column] } == [[0, 0], [0, 8], [8, 0], [8, 8], [12, 0], [12, 8]])
        #expect(tiles.corners(picture: 0, height: 20, width: 16, step: 4)?.count == 1)
        let image = PixelImage(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
        #expect(image.window(row: 0, column: 1, height: 2, width: 2) == [2, 3, 5, 6])
        #expect(image.withChannels(3).pixels[3..<6] == [2, 2, 2])
        #expect(PixelImage(width: 1, height: 1, channels: 3, pixels: [255, 0, 0]).withChannels(1).pixels == [76])
    }

    // MARK: Flips

    /// Mirrored by bit 0 of the word at the position, all images of an example together; labels and other sources stay.
    @Test func trainingExamplesAreMirrored() throws {
        let split = DatasetSplit(name: "train", shape: Self.shape, pixels: .bytes(Self.bytes, white: 255), labels: [0, 1, 2])
        let dataset = ImageDataset(name: "d", shape: Self.shape, classes: 3, splits: [split], lowResolution: LowResolution(scale: 2), flips: true)
        #expect(dataset.digest != Self.dataset(.bytes(Self.bytes, white: 255)).digest)
        let plain = SplitBatches(split, of: dataset), source = TrainingBatches(split, of: dataset)
        let batch = ExampleBatch(indices: (0..<40).map { $0 % 3 }, first: 100, seed: 5)
        func values(_ source: any BatchSource, _ field: String, _ size: Int) -> [Float] {
            var values = [Float](repeating: -1, count: 40 * size)
            unsafe values.withUnsafeMutableBufferPointer { unsafe source.copy(field, of: batch, into: $0) }
            return values
        }
        let words = RandomStream(seed: 5, name: "data/flip").words(step: 0, start: 100, count: 40)
        #expect(Set(words.map { $0 & 1 }) == [0, 1])
        for (field, width, size) in [("images", 4, 96), ("low_resolution", 2, 24)] {
            let before = values(plain, field, size), after = values(source, field, size)
            for (place, word) in words.enumerated() {
                for i in 0..<size {
                    let row = i / (3 * width), column = i / 3 % width, channel = i % 3
                    let from = word & 1 == 1 ? (row * width + width - 1 - column) * 3 + channel : i
                    #expect(after[place * size + i] == before[place * size + from])
                }
            }
        }
        #expect(values(source, "labels", 3) == values(plain, "labels", 3))
        let unflipped = Self.dataset(.bytes(Self.bytes, white: 255))
        #expect(values(TrainingBatches(try unflipped.split("train"), of: unflipped), "images", 96) == values(plain, "images", 96))
    }

    @Test func flipsAreStored() throws {
        let pictures = try Pictures()
        try pictures.put("a.png", 8, 12)
        let status = try pictures.add { $0.flips = true }
        let dataset = try pictures.store.load("own")
        #expect(status.description.flips && dataset.flips && dataset.digest == status.description.digest)
    }

    /// Crop and size of images that are not in picture files.
    @Test func arraysAreCropped() throws {
        let folder = try TemporaryFolder(), file = try folder.write(NPZFixture.file(["x.npy": NPZFixture.images(8)]), as: "x.npz")
        var own = OwnDataset(name: "own", path: file)
        (own.rule, own.test, own.lowResolution) = (ImageRule(crop: .box(row: 0, column: 1, height: 2, width: 2)), 0, LowResolution(scale: 2))
        let store = DatasetStore(root: folder.path("s")), status = try store.add(own: own)
        #expect(status.source?.contains("crop box 0,1,2,2") == true && status.description.shape == ImageShape(height: 2, width: 2, channels: 1))
        let split = try store.load("own").split("train")
        #expect(split.count == 8 && split.levels(at: 1) == [7, 8, 10, 11])
        own.rule = ImageRule(crop: .box(row: 1, column: 0, height: 2, width: 2))
        #expect(throws: DatasetError.self) { try store.add(own: own) }
    }

    @Test func optionsAreChecked() {
        for (change, option) in [
            ({ $0.lowResolution = 3 }, "low_resolution"), ({ $0.lowResolutionKernel = "given" }, "low_resolution_kernel"), ({ $0.patch = "8" }, "patch"), ({ $0.patches = 3 }, "patches"), ({ $0.tiles = true }, "tiles"),
            ({ ($0.patches, $0.patch) = (0, "8") }, "patches"), ({ $0.channels = 2 }, "channels"), ({ ($0.lowResolution, $0.lowResolutionKernel) = (4, "lanczos") }, "low_resolution_kernel"),
        ] as [((inout OwnDatasetOptions) -> Void, String)] {
            var options = OwnDatasetOptions()
            change(&options)
            let fault = #expect(throws: OwnDatasetOptions.Fault.self) { () throws in _ = try options.dataset(name: "a", path: ".") }
            #expect(fault?.option == option)
        }
    }
}
