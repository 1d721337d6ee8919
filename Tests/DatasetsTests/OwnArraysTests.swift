import Archives
import Canonical
import TestSupport
import Testing

@testable import Datasets

/// Custom arrays in `.npz` files, in every spelling and dtype.
@Suite struct OwnArraysTests {
    private func add(_ arrays: [String: [UInt8]], test: Int? = 0, _ change: (inout OwnDataset) -> Void = { _ in }) throws -> (DatasetStore.Status, ImageDataset) {
        let folder = try TemporaryFolder()
        var own = OwnDataset(name: "own", path: try folder.write(NPZFixture.file(Dictionary(uniqueKeysWithValues: arrays.map { ($0.key + ".npy", $0.value) })), as: "d.npz"))
        own.test = test
        change(&own)
        let store = DatasetStore(root: folder.path("datasets"))
        return (try store.add(own: own), try store.load("own"))
    }

    private func refusal(_ arrays: [String: [UInt8]]) -> String {
        (#expect(throws: DatasetError.self) { try add(arrays) })?.description ?? ""
    }

    @Test func splitsOfAllNames() throws {
        let names: [(images: String, labels: String, split: String)] = [
            ("val_images", "val_labels", "valid"), ("x_valid", "y_valid", "valid"), ("validation/images", "validation/labels", "valid"), ("X_dev", "Y_dev", "valid"),
            ("TEST_IMAGES", "test_label", "test"), ("test_set_x", "test_set_y", "test"), ("images_eval", "targets_eval", "valid"),
        ]
        for name in names {
            let labels = [UInt8(0), 1, 1]
            let (status, dataset) = try add([
                "train_images": NPZFixture.images(4), "train_labels": NPZFixture.array("|u1", [4], [0, 1, 0, 1]), name.images: NPZFixture.images(3),
                name.labels: NPZFixture.array("|u1", [3], labels),
            ])
            #expect(status.description.splits == [SplitSize("train", 4), SplitSize(name.split, 3)], "\(name)")
            #expect(try dataset.split(name.split).labels == labels && status.leftOut.isEmpty)
        }
        #expect(refusal(["val_images": NPZFixture.images(3), "images": NPZFixture.images(4)]).contains("val_images"))
        #expect(refusal(["val_images": NPZFixture.images(3), "x_validation": NPZFixture.images(4), "x_train": NPZFixture.images(4)]).contains("both be the images"))
        #expect(refusal(["x_train": NPZFixture.images(4), "y_test": NPZFixture.array("|u1", [4], [0, 1, 0, 1])]).contains("y_test"))
        #expect(refusal(["x_test": NPZFixture.images(4)]).contains("for training"))
        #expect(refusal(["x_train": NPZFixture.images(4), "y_train": NPZFixture.array("|u1", [4], [0, 1, 0, 1]), "x_test": NPZFixture.images(3)]).contains("one split has labels"))
    }

    @Test func labelsOfEveryType() throws {
        let values = [0, 3, 255, 7]
        for (letter, size) in [("u", 1), ("u", 2), ("i", 2), ("u", 4), ("i", 4), ("u", 8), ("i", 8)] {
            for (order, isBig) in [("<", false), (">", true)] {
                for shape in [[4], [4, 1]] {
                    let labels = NPZFixture.array("\(size == 1 ? "|" : order)\(letter)\(size)", shape, NPZFixture.integers(values, size: size, isBigEndian: isBig), columns: shape.count == 2)
                    let (status, dataset) = try add(["x": NPZFixture.images(4), "y": labels])
                    #expect(dataset.splits[0].labels == [0, 3, 255, 7] && status.description.classes == 256, "\(order)\(letter)\(size) \(shape)")
                    #expect(status.notes.first?.contains("no image has the label 1, 2, 4") == true)
                }
            }
        }
        #expect(try add(["x": NPZFixture.images(2), "y": NPZFixture.array("|b1", [2], [0, 1])]).1.splits[0].labels == [0, 1])
        #expect(try add(["x": NPZFixture.images(2), "y": NPZFixture.array("|i1", [2], [0, 127])]).1.splits[0].labels == [0, 127])
        let bad: [(array: [UInt8], words: String)] = [
            (NPZFixture.array("<i2", [2], NPZFixture.integers([0, -1], size: 2)), "label 1 is -1"), (NPZFixture.array("<i8", [2], NPZFixture.integers([256, 0], size: 8)), "label 0 is 256"),
            (NPZFixture.array("<u8", [2], NPZFixture.integers([0, -1], size: 8)), "above 9223372036854775807"), (NPZFixture.array("|u1", [3], [0, 1, 2]), "expected [2] or [2, 1]"),
            (NPZFixture.array("|u1", [2, 2], [0, 1, 1, 0]), "expected [2] or [2, 1]"), (NPZFixture.array("|u1", [1, 2], [0, 1]), "expected [2] or [2, 1]"),
            (NPZFixture.array("<f4", [2], NPZFixture.floats([0, 1])), "must be integers"), (NPZFixture.array("|O", [2], [0, 1]), "unsupported element type '|O'"), (NPZFixture.array("<U1", [2], [0, 1]), "unsupported element type '<U1'"),
        ]
        for bad in bad { #expect(refusal(["x": NPZFixture.images(2), "y": bad.array]).contains(bad.words), "\(bad.words)") }
    }

    @Test func numbersOfImages() throws {
        let values: [Float] = [0, 0.25, 1, 0.5, 0.125, 0]
        for isBig in [false, true] {
            let (status, dataset) = try add(["x": NPZFixture.array(isBig ? ">f4" : "<f4", [2, 1, 3], NPZFixture.floats(values, isBigEndian: isBig))])
            #expect(dataset.splits[0].images(at: 0..<2) == values && status.description.shape == ImageShape(height: 1, width: 3, channels: 1))
            let doubles = values.flatMap { NPZFixture.integers([Int(Double($0).bitPattern)], size: 8, isBigEndian: isBig) }
            #expect(try add(["x": NPZFixture.array(isBig ? ">f8" : "<f8", [2, 1, 3], doubles)]).1.digest == dataset.digest)
            // 0, 0.25, 1, 0.5, 0.125 and 2^-24 in half precision.
            let halves = NPZFixture.integers([0, 0x3400, 0x3C00, 0x3800, 0x3000, 1], size: 2, isBigEndian: isBig)
            #expect(try add(["x": NPZFixture.array(isBig ? ">f2" : "<f2", [2, 1, 3], halves)]).1.splits[0].images(at: 0..<2) == [0, 0.25, 1, 0.5, 0.125, 0x1p-24])
        }
        func bad(_ array: [UInt8]) -> String { refusal(["x": array]) }
        #expect(bad(NPZFixture.array("<f4", [1, 2, 3], NPZFixture.floats([0, 255, 1, 0, 0, 0]))).contains("divide values of 0 to 255"))
        #expect(bad(NPZFixture.array("<f4", [1, 2, 3], NPZFixture.floats([0, .nan, 1, 0, 0, 0]))).contains("element 1"))
        #expect(bad(NPZFixture.array("<f4", [1, 2, 3], NPZFixture.floats([0, 0, -0.5, 0, 0, 0]))).contains("element 2"))
        #expect(bad(NPZFixture.array("<i8", [1, 1, 2], NPZFixture.integers([1, 2], size: 8))).contains("expected uint8"))
        #expect(bad(NPZFixture.array("|u1", [0, 2, 3], [])).contains("n at least 1"))
        #expect(bad(NPZFixture.array("|u1", [1, 2, 3], [1, 2, 3, 4, 5, 6], columns: true)).contains("ascontiguousarray"))
        #expect(bad(NPZFixture.array("|O", [1, 2, 3], [1, 2, 3, 4, 5, 6])).contains("unsupported element type '|O'"))
        #expect(bad(NPZFixture.array("|u1", [3, 1, 1], [1, 2, 3])).contains("1 x 1 pixels"))
        #expect(bad(NPZFixture.array("|u1", [1, 2, 2, 4], [UInt8](repeating: 0, count: 16))).contains("expected [n, height, width]"))
    }

    /// Unused members may be anything, even damaged: they are counted, but not decoded.
    @Test func otherMembers() throws {
        let (status, _) = try add(["x": NPZFixture.images(4), "class_names": NPZFixture.array("<U3", [2], [1, 2]), "notes": [1, 2, 3], "x_unlabelled": NPZFixture.images(2)])
        #expect(status.leftOut == [LeftOut(what: "arrays (class_names, notes, x_unlabelled)", count: 3)])
        #expect(status.source == "an .npz file of x")
        let folder = try TemporaryFolder()
        let zip = try folder.write(NPZFixture.file(["train/a.png": [1], "test/a.png": [2]]), as: "pictures.zip")
        let error = #expect(throws: DatasetError.self) { try DatasetStore(root: folder.path("s")).add(own: OwnDataset(name: "own", path: zip)) }
        #expect(error?.description.contains("unpack it") == true)
        #expect(try folder.names() == ["pictures.zip"])
    }

    /// The size of an archive is checked before anything is decompressed, and the digest is that of the content in memory.
    @Test func limits() throws {
        let zeros = NPZFixture.array("|u1", [4000, 64, 64], [UInt8](repeating: 0, count: 4000 * 64 * 64))
        let error = #expect(throws: DatasetError.self) { try add(["x": zeros]) { $0.limit = 4000 * 64 * 64 - 1 } }
        #expect(error?.description.contains("larger than \(4000 * 64 * 64 - 1) bytes (\(4000 * 64 * 64) so far)") == true && error?.description.contains("--max-bytes") == true)
        let (_, dataset) = try add(["x": NPZFixture.images(4000)], test: 10) { $0.limit = 24_000 }
        let whole = (0..<24_000).map { UInt8($0 % 251) }, shape = ImageShape(height: 2, width: 3, channels: 1)
        let splits = dataset.splits.map { DatasetSplit(name: $0.name, shape: shape, pixels: $0.pixels, labels: nil) }
        #expect(DatasetContent(shape: shape, classes: 0, splits: splits).digest == dataset.digest && dataset.splits.map(\.count) == [3990, 10])
        var pixels: [[Float]] = dataset.splits.flatMap { split in (0..<split.count).map { split.images(at: [$0]) } }
        pixels.sort { $0.lexicographicallyPrecedes($1) }
        let expected = stride(from: 0, to: whole.count, by: 6).map { whole[$0..<$0 + 6].map { Float($0) / 255 } }.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(pixels == expected)
    }
}
