import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct OwnDatasetTests {
    private func store(_ folder: TemporaryFolder) -> DatasetStore { DatasetStore(root: folder.path("datasets")) }

    private func png(_ height: Int, _ width: Int, _ channels: Int, _ value: UInt8) -> [UInt8] {
        PNG.encode(PixelImage(width: width, height: height, channels: channels, pixels: [UInt8](repeating: value, count: height * width * channels)))
    }

    private func makeFolder(_ path: String) throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    @Test func pictures() throws {
        let folder = try TemporaryFolder()
        for (split, count) in [("train", 3), ("test", 2)] {
            for (label, name) in ["cats", "dogs"].enumerated() {
                try makeFolder(folder.path("in/\(split)/\(name)"))
                for i in 0..<count { try folder.write(png(4, 6, 3, UInt8(100 * label + i)), as: "in/\(split)/\(name)/\(i).png") }
            }
        }
        let store = store(folder)
        var own = OwnDataset(name: "pets", path: folder.path("in"))
        own.rule = ImageRule(crop: .square, height: 2, width: 2)
        let status = try store.add(own: own)
        #expect(status.isReady && status.description.classes == 2 && status.description.encoderDataset == "pets")
        let dataset = try store.load("pets")
        #expect(dataset.shape == ImageShape(height: 2, width: 2, channels: 3))
        let train = try dataset.split("train")
        #expect(train.labels == [0, 0, 0, 1, 1, 1])
        #expect(train.images(at: [4]) == [Float](repeating: Float(101) / 255, count: 12))
        #expect(try dataset.split("test").count == 4)
        #expect(store.list().last?.description == status.description && store.list().last?.source?.contains("crop square") == true)

        // Content never changes under its name; importing the same content again is no change.
        #expect(try store.add(own: own).description.digest == dataset.digest)
        try folder.write(png(4, 6, 3, 9), as: "in/train/cats/0.png")
        let error = #expect(throws: DatasetError.self) { try store.add(own: own) }
        guard case .alreadyThere(name: "pets", digest: dataset.digest, _) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(try store.load("pets").digest == dataset.digest)
    }

    @Test func picturesWithoutSplitsOrClasses() throws {
        let folder = try TemporaryFolder()
        try makeFolder(folder.path("in"))
        for i in 0..<21 { try folder.write(png(3, 3, 1, UInt8(i)), as: "in/\(100 + i).png") }
        try folder.write(Fixtures.bytes("jpeg/grey-13x9.jpg"), as: "in/200.jpg")
        try folder.write([1, 2, 3], as: "in/notes.txt")
        var own = OwnDataset(name: "plain", path: folder.path("in"))
        let mixed = #expect(throws: DatasetError.self) { try store(folder).add(own: own) }
        #expect(mixed?.description.contains("200.jpg") == true && mixed?.description.contains("13x9x1") == true)
        own.rule = ImageRule(height: 3, width: 3)
        let dataset = try store(folder).load(store(folder).add(own: own).description.name)
        // One in seven is moved to the test split, and both splits keep the order of the files.
        let train = try dataset.split("train"), test = try dataset.split("test")
        #expect(train.count == 19 && test.count == 3 && train.labels == nil && dataset.classes == 0)
        let values = (0..<21).map { Float($0) / 255 }
        let drawn = test.images(at: 0..<3).enumerated().filter { $0.offset % 9 == 0 }.map(\.element)
        #expect(drawn == drawn.sorted() || drawn.contains { !values.contains($0) })
        own.test = 22
        #expect(throws: DatasetError.notPossible(what: "a test split of 22 images", problem: "there are only 22 images")) { try store(folder).add(own: own) }
    }

    @Test func damagedPictures() throws {
        let folder = try TemporaryFolder(), store = store(folder)
        try makeFolder(folder.path("in"))
        try folder.write(png(3, 3, 1, 1), as: "in/a.png")
        for bytes in [Array(png(3, 3, 1, 2).dropLast(14)), try Array(Fixtures.bytes("jpeg/grey-13x9.jpg").prefix(300)), []] {
            try folder.write(bytes, as: "in/b.png")
            let error = #expect(throws: DatasetError.self) { try store.add(own: OwnDataset(name: "x", path: folder.path("in"))) }
            guard case .unreadable(file: folder.path("in/b.png"), _) = error else { Issue.record("\(String(describing: error))"); continue }
        }
        #expect(!FileSystem.exists(store.root))
        for name in ["mnist", "Upper", "a b", "-a", "a/../b", "", "1a", "a--b", String(repeating: "a", count: 65)] {
            #expect(throws: DatasetError.self) { try store.add(own: OwnDataset(name: name, path: folder.path("in"))) }
        }
    }

    @Test(.enabled(if: SharedData.path("orl-faces") != nil)) func idxFiles() throws {
        let folder = try TemporaryFolder(), store = store(folder)
        let status = try store.add(own: OwnDataset(name: "faces", path: try #require(SharedData.path("orl-faces"))))
        #expect(status.description.classes == 40 && status.description.shape == ImageShape(height: 112, width: 92, channels: 1))
        #expect(status.description.splits == [SplitSize("train", 343), SplitSize("test", 57)])
        let dataset = try store.load("faces")
        #expect(Set(dataset.splits.flatMap { $0.labels ?? [] }).count == 40)
    }

    @Test(.enabled(if: Tool.hasNumpy, "python3 with numpy is not installed")) func npz() throws {
        let folder = try TemporaryFolder(), store = store(folder)
        let script = """
            import sys, numpy as np
            f = sys.argv[1] + '/'
            u = (np.arange(14 * 4 * 5) % 256).astype(np.uint8).reshape(14, 4, 5)
            np.savez(f + 'grey.npz', x=u, y=np.arange(14) % 3)
            np.savez_compressed(f + 'colour.npz', x_train=(u[:12, :, :3, None] / 255.0) * np.ones(3), x_test=np.zeros((2, 4, 3, 3), np.float32))
            np.savez(f + 'points.npz', images=np.array([[0.5, -3.0], [2.5, 9.0], [1.0, 1.0]]))
            np.savez(f + 'bad1.npz', x=u.astype(np.float32))
            np.savez(f + 'bad2.npz', x=u, y=np.arange(13))
            np.savez(f + 'bad3.npz', z=u)
            np.savez(f + 'bad4.npz', x=u.astype(np.int64))
            np.savez(f + 'bad5.npz', x=u, y=np.arange(14) - 1)
            np.savez(f + 'bad6.npz', x=np.array([[0.5, np.nan], [1, 1]]))
            """
        #expect(try Tool.python(script, [folder.path]).output == "")
        func add(_ name: String, test: Int? = nil) throws -> ImageDataset {
            var own = OwnDataset(name: name, path: folder.path("\(name).npz"))
            own.test = test
            return try store.load(store.add(own: own).description.name)
        }
        let gray = try add("grey", test: 0)
        #expect(gray.splits.count == 1 && gray.classes == 3 && gray.splits[0].labels == (0..<14).map { UInt8($0 % 3) })
        #expect(gray.splits[0].images(at: [0]) == (0..<20).map { Float($0) / 255 })
        let color = try add("colour")
        #expect(color.shape == ImageShape(height: 4, width: 3, channels: 3) && color.splits.map(\.count) == [12, 2])
        let points = try add("points", test: 1)
        #expect(points.shape == ImageShape(height: 1, width: 1, channels: 2))
        #expect(try store.status(of: "points").description.kind == .points)
        for i in 1...6 {
            let error = #expect(throws: DatasetError.self) { try add("bad\(i)", test: 0) }
            #expect(error?.description.contains("bad\(i).npz") == true)
        }
        var random = TestRandom(seed: 2)
        let sound = try folder.bytes("grey.npz")
        for _ in 0..<300 {
            var bytes = sound
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            try folder.write(Int.random(in: 0..<3, using: &random) == 0 ? Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random))) : bytes, as: "m.npz")
            let staging = try DatasetStaging(root: store.root, limit: 1 << 20)
            defer { staging.remove() }
            _ = try? NPZSource(path: folder.path("m.npz")).read(into: staging) { _ in }
        }
    }

    @Test func imageRules() {
        let image = PixelImage(width: 4, height: 2, channels: 1, pixels: [0, 10, 20, 30, 40, 50, 60, 70])
        func pixels(_ rule: ImageRule) -> [UInt8]? { rule.apply(to: image)?.pixels }
        #expect(pixels(ImageRule(crop: .square)) == [10, 20, 50, 60])
        #expect(pixels(ImageRule(crop: .box(row: 1, column: 2, height: 1, width: 2))) == [60, 70])
        #expect(pixels(ImageRule(crop: .box(row: 1, column: 3, height: 1, width: 2))) == nil)
        // Padded with black if too small, cropped if too wide.
        #expect(pixels(ImageRule(crop: .center(3))) == [0, 10, 20, 40, 50, 60, 0, 0, 0])
        #expect(pixels(ImageRule(height: 1, width: 2)) == [25, 45])
        #expect(pixels(ImageRule(height: 1, width: 2, resize: .bilinear)) == [0, 20])
        // Pixel k of 3 samples position k * 4 / 3 of the original.
        #expect(pixels(ImageRule(height: 2, width: 3, resize: .bilinear)) == [0, 13, 27, 40, 53, 67])
        #expect(pixels(ImageRule(height: 4, width: 4, resize: .bilinear))?.prefix(12).map { $0 } == [0, 10, 20, 30, 20, 30, 40, 50, 40, 50, 60, 70])
        #expect(ImageRule.crop(reading: "box:55,35,108,108") == .box(row: 55, column: 35, height: 108, width: 108))
        #expect(ImageRule.crop(reading: "centre:160") == .center(160) && ImageRule.crop(reading: "none") == ImageRule.Crop.none)
        for text in ["", "centre", "centre:0", "box:1,2,3", "box:1,2,3,-4", "square:3"] { #expect(ImageRule.crop(reading: text) == nil) }
        #expect(ImageRule.size(reading: "64x48")! == (64, 48) && ImageRule.size(reading: "64")! == (64, 64) && ImageRule.size(reading: "0x3") == nil)
    }

    /// A folder in CelebA's format with a list of two, one, and one image.
    @Test func celebA() throws {
        let folder = try TemporaryFolder()
        try makeFolder(folder.path("img_align_celeba"))
        for i in 1...4 { try folder.write(Fixtures.bytes("jpeg/colour-17x21.jpg"), as: "img_align_celeba/00000\(i).jpg") }
        try folder.write(Array("000001.jpg 0\n000002.jpg 2\n000003.jpg 0\n000004.jpg 1\n".utf8), as: "list_eval_partition.txt")
        let rule = ImageRule(crop: .center(16), height: 8, width: 8, resize: .bilinear)
        func description(_ train: Int) -> DatasetDescription {
            DatasetDescription(
                name: "celeba", title: "t", summary: "s", origin: .celebA(rule), shape: ImageShape(height: 8, width: 8, channels: 3), classes: 0,
                splits: [SplitSize("train", train), SplitSize("valid", 1), SplitSize("test", 1)], digest: nil, encoderDataset: nil)
        }
        let store = store(folder)
        #expect(try store.add(description(2), from: folder.path) { _ in }.source?.contains("crop centre 16, bilinear to 8 x 8") == true)
        #expect(throws: DatasetError.self) { try store.add(description(3), from: folder.path) { _ in } }
        for line in ["000001.jpg 3", "../secret.jpg 0", "000001.jpg", "x"] {
            try folder.write(Array("\(line)\n".utf8), as: "list_eval_partition.txt")
            let error = #expect(throws: DatasetError.self) { try store.add(description(1), from: folder.path) { _ in } }
            #expect(error?.description.contains("line 1") == true)
        }
    }

    /// 50,000 records derived from the real ones: loading them takes under a second on an idle machine, and never minutes.
    @Test(.enabled(if: SharedData.path("cifar-10") != nil && ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil))
    func fiftyThousand() throws {
        let source = try #require(SharedData.path("cifar-10")), folder = try TemporaryFolder()
        try makeFolder(folder.path("in"))
        let files = ["data_batch_1_first4000", "data_batch_1_jpeg_first8000", "test_batch_jpeg_by_class"]
        let records = try files.flatMap { try readUncompressed("\(source)/\($0).bin.gz", limit: 1 << 30) }
        let whole = 50_000 * CIFARRecords.size
        try folder.write(Array((records + records + records).prefix(whole)), as: "in/data_batch_1.bin")
        try folder.write(Array(records.suffix(10_000 * CIFARRecords.size)), as: "in/test_batch.bin")
        let store = store(folder)
        try store.add(own: OwnDataset(name: "many", path: folder.path("in")))
        let clock = ContinuousClock(), start = clock.now
        let dataset = try store.load("many")
        print("60,000 colour images loaded in \(clock.now - start)")
        #expect(try dataset.split("train").count == 50_000)
        #expect(clock.now - start < .seconds(60))
    }
}
