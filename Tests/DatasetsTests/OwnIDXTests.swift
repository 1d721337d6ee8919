import Canonical
import Codecs
import TestSupport
import Testing

@testable import Datasets

/// Custom IDX files, in the layouts of publishers and programs.
@Suite struct OwnIDXTests {
    private static func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    private static func images(_ count: Int, _ seed: Int = 0) -> [UInt8] { number(0x803) + number(count) + number(2) + number(3) + (0..<6 * count).map { UInt8(($0 + seed) % 251) } }
    private static func labels(_ count: Int) -> [UInt8] { number(0x801) + number(count) + (0..<count).map { UInt8($0 % 4) } }

    private static func folder(_ files: [(String, [UInt8])]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (path, bytes) in files {
            try FileSystem.makeFolder(FileSystem.folder(of: folder.path("in/" + path)))
            try folder.write(bytes, as: "in/" + path)
        }
        return folder
    }

    private static func add(_ files: [(String, [UInt8])]) throws -> DatasetStore.Status {
        let folder = try folder(files)
        var own = OwnDataset(name: "own", path: folder.path("in"))
        own.test = 0
        return try DatasetStore(root: folder.path("datasets")).add(own: own)
    }

    private func refusal(_ files: [(String, [UInt8])]) -> String { (#expect(throws: DatasetError.self) { try Self.add(files) })?.description ?? "" }

    private static let pair = [("train-images-idx3-ubyte", images(14)), ("train-labels-idx1-ubyte", labels(14)), ("t10k-images-idx3-ubyte", images(5, 9)), ("t10k-labels-idx1-ubyte", labels(5))]
    private static let expected = [SplitSize("train", 14), SplitSize("test", 5)]

    private static let layouts: [(String, @Sendable (String) -> String)] = [
        ("plain", { $0 }), ("gzip", { $0 + ".gz" }), ("dots", { $0.replacing("-idx", with: ".idx") }), ("upper case", { $0.uppercased() + ".GZ" }),
        ("underscores", { $0.replacing("-", with: "_") }), ("torchvision", { "MNIST/raw/" + $0 }), ("raw", { "raw/" + $0 + ".gz" }), ("Kaggle, folders alone", { "\($0)/\($0)" }),
        ("EMNIST", { "emnist-letters-" + $0.replacing("t10k", with: "test") }), ("labels packed", { $0.contains("labels") ? $0 + ".gz" : $0 }),
        ("images dotted", { $0.contains("images") ? $0.replacing("-idx", with: ".idx") : $0 }), ("labels in upper case", { $0.contains("labels") ? $0.uppercased() : $0 }),
        ("training and validation", { $0.replacing("train", with: "Training").replacing("t10k", with: "testing") }),
    ]

    @Test(arguments: layouts.indices) func layout(index: Int) throws {
        let (name, spelling) = Self.layouts[index]
        let status = try Self.add(Self.pair.map { file, bytes in
            let path = spelling(file)
            return (path, IDXFolder.isPacked(path) ? Gzip.compress(bytes) : bytes)
        })
        #expect(status.description.splits == Self.expected && status.description.classes == 4, "\(name)")
        #expect(try status.description.digest == Self.add(Self.pair).description.digest, "\(name)")
    }

    @Test func copiesAndStrangers() throws {
        // torchvision leaves both; Kaggle has each file again in a folder with its name.
        let both = try Self.add(Self.pair + Self.pair.map { ($0 + ".gz", Gzip.compress($1)) })
        #expect(both.description.splits == Self.expected && both.leftOut.map(\.count) == [4])
        let kaggle = try Self.add(Self.pair.flatMap { [($0.replacing("-idx", with: ".idx"), $1), ("\($0)/\($0)", $1)] } + [("notes.txt", [1])])
        #expect(kaggle.description.splits == Self.expected)
        #expect(kaggle.leftOut == [LeftOut(what: "other files (notes.txt)", count: 1), LeftOut(what: "folders (t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, train-images-idx3-ubyte, …)", count: 4)])
        // Labels with a slightly different name belong to the only images of their split.
        #expect(try Self.add([("train-images-approx-idx3-ubyte", Self.images(14)), Self.pair[1]]).description.classes == 4)
        #expect(try Self.add([("faces-images-idx3-ubyte", Self.images(14)), ("faces-labels-idx1-ubyte", Self.labels(14))]).description.splits == [SplitSize("train", 14)])

        #expect(refusal([Self.pair[0], ("valid-labels-idx1-ubyte", Self.labels(14))]).contains("there is no file of images for these labels"))
        #expect(refusal([Self.pair[0], ("train-labels-idx2-int", Self.labels(14)), ("train-labels-idx1-ubyte", Self.labels(14))]).contains("idx2-int"))
        #expect(refusal([("emnist-letters-train-images-idx3-ubyte", Self.images(3)), ("emnist-digits-train-images-idx3-ubyte", Self.images(3))]).contains("would both be the split train"))
        #expect(refusal([Self.pair[0], ("extra-images-idx3-ubyte", Self.images(3))]).contains("does not contain a split"))
        #expect(refusal([Self.pair[0], ("train-labels-idx1-ubyte", Self.labels(15))]).contains("dimension 1 is 15, expected 14, the number of images"))
        #expect(refusal(Array(Self.pair.prefix(3))).contains("one split has labels"))
        #expect(refusal([("train-images-idx3-ubyte", Array(Self.images(14).dropLast()))]).contains("is truncated"))
        #expect(refusal([("train-images-idx3-ubyte.gz", Array(Gzip.compress(Self.images(14)).dropLast(4)))]).contains("not a valid gzip file"))
        #expect(refusal([("train-images-idx3-ubyte", Self.images(14) + [0])]).contains("unexpected bytes at the end"))
    }

    /// A known data set is found in the same layouts; its digest selects among several files of a name.
    @Test(.enabled(if: SharedData.path("mnist") != nil)) func knownLayouts() throws {
        let source = try #require(SharedData.path("mnist")), folder = try TemporaryFolder()
        let names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
        for name in names {
            let bytes = try readUncompressed("\(source)/\(name).gz", limit: 1 << 26)
            for inner in ["archive/\(name)", "torch/FashionMNIST/raw", "torch/MNIST/raw"] { try FileSystem.makeFolder(folder.path(inner)) }
            try folder.write(bytes, as: "archive/\(name)/\(name)")
            try folder.write(bytes, as: "archive/\(name.replacing("-idx", with: ".idx"))")
            try folder.write(bytes, as: "torch/MNIST/raw/\(name)")
            try folder.write([0] + bytes, as: "torch/FashionMNIST/raw/\(name)")
        }
        for layout in ["archive", "torch"] {
            let store = DatasetStore(root: folder.path("datasets-\(layout)"))
            #expect(try store.add("mnist", from: folder.path(layout)).isReady)
        }
    }

    @Test func packedPartByPart() throws {
        let folder = try TemporaryFolder(), content = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let members = Gzip.compress(Array(content[..<400_000])) + Gzip.compress([]) + Gzip.compress(Array(content[400_000...]))
        for (name, bytes) in [("plain", content), ("packed", members + [0, 0, 0])] {
            let file = try UncompressedFile(folder.write(bytes, as: name))
            var read: [UInt8] = []
            while case let part = try file.next(70_001), !part.isEmpty { read += part }
            #expect(read == content && file.offset == content.count)
        }
        for bytes in [Array(members.dropLast()), members + [0, 1], members + [7]] {
            let file = try UncompressedFile(folder.write(bytes, as: "bad"))
            #expect(throws: DatasetError.self) { while case let part = try file.next(1 << 20), !part.isEmpty {} }
        }
    }
}
