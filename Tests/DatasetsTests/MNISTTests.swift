import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// The real files, if they are available next to the package.
@Suite(.enabled(if: SharedData.path("mnist") != nil), .serialized) struct MNISTTests {
    private let source: String

    init() throws {
        source = try #require(SharedData.path("mnist"))
    }

    @Test func addedAndLoaded() throws {
        let folder = try TemporaryFolder()
        let store = DatasetStore(root: folder.path)
        var activities: [DatasetProgress] = []
        #expect(try store.add("mnist", from: source) { activities.append($0) }.isReady)
        #expect(activities.last?.fraction == 1 && activities.map(\.fraction) == activities.map(\.fraction).sorted())
        #expect(folder.files == ["mnist/images.bin"])

        let mnist = try store.load("mnist")
        #expect(mnist.digest == DatasetDescription.mnist.digest && mnist.classes == 10)
        #expect(mnist.splits.map { SplitSize($0.name, $0.count) } == DatasetDescription.mnist.splits)
        let train = try mnist.split("train"), test = try mnist.split("test")
        #expect(train.labels(at: 0..<10) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
        #expect(test.labels(at: 0..<5) == [7, 2, 1, 0, 4])
        // Row 5 of the first training image, and the mean of the first thousand test images.
        #expect(train.images(at: [0])[5 * 28 + 12] == Float(3) / 255)
        let pixels = test.images(at: 0..<1000)
        #expect(abs(pixels.reduce(0) { $0 + Double($1) } / Double(pixels.count) - 0.1239) < 0.005)

        // Damage is detected before training.
        let file = "\(folder.path)/mnist/images.bin"
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        bytes[1_000_000] ^= 0x10
        try Data(bytes).write(to: URL(filePath: file))
        #expect(throws: DatasetError.wrongDigest(file: file, expected: mnist.digest, actual: Digest.sha256(bytes))) { try store.load("mnist") }
    }

    /// A folder with the real files, one of them replaced.
    private func folder(with bytes: [UInt8], as name: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in try FileManager.default.contentsOfDirectory(atPath: source) where !file.hasPrefix(name) {
            try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(file)", withDestinationPath: "\(source)/\(file)")
        }
        try folder.write(bytes, as: name)
        return folder
    }

    private func refused(_ bytes: [UInt8], as name: String, _ expected: (String) -> DatasetError) throws {
        let input = try folder(with: bytes, as: name), storage = try TemporaryFolder()
        let error = #expect(throws: DatasetError.self) { try DatasetStore(root: storage.path).add("mnist", from: input.path) }
        #expect(error == expected("\(input.path)/\(name)"))
        #expect(storage.files.isEmpty)
    }

    @Test func otherContentIsRefused() throws {
        var bytes: [UInt8] = [0, 0, 8, 1, 0, 0, 0xea, 0x60] + (0..<60_000).map { UInt8($0 % 10) }
        let expected = DatasetDescription.mnist.origin
        guard case .idx(let pairs) = expected else { preconditionFailure("MNIST comes from files") }
        guard case .sha256(let known) = pairs[0].labels.digest else { preconditionFailure("MNIST is known by SHA-256") }
        let name = "train-labels-idx1-ubyte"
        try refused(bytes, as: name) { .wrongDigest(file: $0, expected: known, actual: Digest.sha256(bytes)) }
        try refused(bytes.dropLast(), as: name) { .truncated(file: $0, part: "60000 elements", expected: 60_008, actual: 60_007) }
        try refused(bytes + [3], as: name) { .trailingBytes(file: $0, offset: 60_008, count: 1) }
        bytes[7] = 0x61
        try refused(bytes + [3], as: name) {
            .wrongValue(file: $0, offset: 4, field: "dimension 1", expected: "60000", actual: "60001")
        }
    }

    @Test func theFileOfAnotherSplitIsRefused() throws {
        let name = "train-labels-idx1-ubyte.gz"
        let other = [UInt8](try Data(contentsOf: URL(filePath: "\(source)/t10k-labels-idx1-ubyte.gz")))
        try refused(other, as: name) { .wrongValue(file: $0, offset: 4, field: "dimension 1", expected: "60000", actual: "10000") }
    }

    /// A file that would decompress to far more than the data set's file is rejected by its first bytes, or by the first excess byte.
    @Test func bombsAreRefused() throws {
        let name = "train-labels-idx1-ubyte.gz", header: [UInt8] = [0, 0, 8, 1, 0, 0, 0xEA, 0x60]
        try refused(Gzip.compress([UInt8](repeating: 0, count: 9 * 60_008)), as: name) {
            .wrongValue(file: $0, offset: 0, field: "magic number", expected: "2049", actual: "0")
        }
        try refused(Gzip.compress(header + [UInt8](repeating: 0, count: 1 << 26)), as: name) { .trailingBytes(file: $0, offset: 60_008, count: 1 << 20) }
    }

    @Test func brokenCompressionIsRefused() throws {
        let name = "train-labels-idx1-ubyte.gz"
        let whole = [UInt8](try Data(contentsOf: URL(filePath: "\(source)/\(name)")))
        for bytes in [Array(whole.prefix(20_000)), Array(whole.prefix(5)), whole.enumerated().map { $0 == 9_000 ? ~$1 : $1 }] {
            let input = try folder(with: bytes, as: name), storage = try TemporaryFolder()
            let error = #expect(throws: DatasetError.self) { try DatasetStore(root: storage.path).add("mnist", from: input.path) }
            #expect(error?.description.contains("\(input.path)/\(name) is not a valid gzip file of this data set: ") == true)
            #expect(storage.files.isEmpty)
        }
    }
}
