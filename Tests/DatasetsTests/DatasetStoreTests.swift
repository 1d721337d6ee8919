import Canonical
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DatasetStoreTests {
    @Test func whatIsKnown() throws {
        let folder = try TemporaryFolder()
        let store = DatasetStore(root: folder.path + "/datasets")
        let names = store.list().map(\.description.name)
        #expect(names == [
            "polygons", "polygons-80k", "polygons-study", "polygons-labelled", "ring", "grid", "swiss-roll", "mnist", "fashion-mnist",
            "fashion-mnist-approximate", "cifar10", "celeba", "celeba-108",
        ])
        #expect(Set(names).count == names.count)
        for status in store.list() {
            #expect(status.isReady == status.description.isMadeByProgram && status.bytes == nil)
            guard let labelled = status.description.encoderDataset else { continue }
            #expect(names.contains(labelled))
            #expect(try DatasetDescription.named(labelled).classes > 1)
        }
        #expect(folder.files.isEmpty)
    }

    @Test func polygonsAreDrawnOnceAndKept() throws {
        let folder = try TemporaryFolder()
        let store = DatasetStore(root: folder.path + "/datasets")
        var fractions: [Double] = []
        let drawn = try store.load("polygons") { fractions.append($0.fraction) }
        #expect(fractions == fractions.sorted() && fractions.count > 5 && fractions.allSatisfy { $0 > 0 && $0 <= 1 })
        #expect(folder.files == ["datasets/polygons/images.bin"])
        #expect(try store.status(of: "polygons").bytes ?? 0 > 12_000 * 784)

        fractions = []
        let loaded = try store.load("polygons") { fractions.append($0.fraction) }
        #expect(fractions.isEmpty && loaded.splits == drawn.splits && loaded.digest == drawn.digest)
        #expect(loaded.splits.map(\.count) == [10_000, 2_000] && loaded.classes == 0 && loaded.height == 28)

        // A damaged file is detected and regenerated.
        let file = "\(folder.path)/datasets/polygons/images.bin"
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: file))
        #expect(try store.load("polygons").digest == drawn.digest)
        #expect(try store.load("polygons").splits == drawn.splits)
    }

    /// Digests of sets that take long to generate in a debug build are checked with FIDELIO_LONG_TESTS; that of "polygons" always.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil),
        arguments: ["polygons-80k", "polygons-study", "polygons-labelled"])
    func pinnedDigests(name: String) throws {
        let folder = try TemporaryFolder()
        let dataset = try DatasetStore(root: folder.path).load(name)
        #expect(dataset.splits.map { SplitSize($0.name, $0.count) } == (try DatasetDescription.named(name).splits))
    }

    @Test func leftoversGo() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/mnist", withIntermediateDirectories: true)
        try folder.write([1], as: "mnist/.images.bin.123-1.partial")
        DatasetStore(root: folder.path).removeLeftovers()
        #expect(folder.files.isEmpty)
    }

    @Test func whatCannotBeAddedOrLoaded() throws {
        let folder = try TemporaryFolder()
        let store = DatasetStore(root: folder.path + "/datasets")
        #expect(throws: DatasetError.unknownDataset(name: "minst", known: DatasetDescription.all.map(\.name))) { try store.load("minst") }
        #expect(throws: DatasetError.unknownDataset(name: "minst", known: DatasetDescription.all.map(\.name))) {
            try store.add("minst", from: folder.path)
        }
        #expect(throws: DatasetError.needsNoFiles(name: "polygons")) { try store.add("polygons", from: folder.path) }
        #expect(throws: DatasetError.notAdded(name: "mnist")) { try store.load("mnist") }
        #expect(
            throws: DatasetError.missingFile(folder: folder.path, names: ["train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"])
        ) { try store.add("mnist", from: folder.path) }
        #expect(folder.files.isEmpty)
    }

    @Test func everyErrorIsOneSentence() throws {
        let digest = Digest.sha256([1])
        let errors: [DatasetError] = [
            .unknownDataset(name: "x", known: ["a", "b"]), .notAdded(name: "mnist"), .needsNoFiles(name: "polygons"),
            .unknownSplit(name: "dev", dataset: "mnist", known: ["train"]), .missingFile(folder: "/f", names: ["a", "b"]),
            .unreadable(file: "f", problem: "no"), .notCompressed(file: "f", problem: "no"),
            .truncated(file: "f", part: "p", expected: 2, actual: 1), .trailingBytes(file: "f", offset: 3, count: 4),
            .wrongValue(file: "f", offset: 0, field: "magic number", expected: "1", actual: "2"),
            .wrongDigest(file: "f", expected: digest, actual: digest), .unwritable(path: "f", problem: "no"),
            .wrongPublishedDigest(file: "f", expected: .md5("a"), actual: .md5("b")), .notPossible(what: "F", problem: "no"),
            .alreadyThere(name: "n", digest: digest, new: digest), .notDownloadable(name: "n"), .downloadFailed(address: "http", problem: "no"),
        ]
        for error in errors {
            #expect(error.description.hasSuffix(".") && !error.description.contains("\n") && error.description.first?.isLowercase != nil)
        }
        #expect(errors[9].description == "f, offset 0: magic number is 2, expected 1.")
    }
}
