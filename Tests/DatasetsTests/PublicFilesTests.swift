import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct PublicFilesTests {
    /// "hello\n" in every kind of digest, as md5sum, sha256sum and git hash-object print them.
    @Test func publishedDigests() throws {
        let content = Array("hello\n".utf8)
        #expect(PublishedDigest.md5("").sameKind(of: content) == .md5("b1946ac92492d2347c6235b4d2611184"))
        #expect(PublishedDigest.gitBlob("").sameKind(of: content) == .gitBlob("ce013625030ba8dba906f756967f9e9ca394464a"))
        let sha = try Digest(hex: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
        #expect(PublishedDigest.sha256(sha).sameKind(of: content) == .sha256(sha))
    }

    @Test(.enabled(if: SharedData.path("fashion-mnist") != nil)) func approximateFashionAndNothingElse() throws {
        let source = try #require(SharedData.path("fashion-mnist")), folder = try TemporaryFolder()
        let store = DatasetStore(root: folder.path)
        #expect(try store.add("fashion-mnist-approximate", from: source).isReady)
        let dataset = try store.load("fashion-mnist-approximate")
        let pixels = try dataset.split("train").images(at: 0..<2000)
        #expect(abs(pixels.reduce(0) { $0 + Double($1) } / Double(pixels.count) - 0.2865) < 0.01)
        #expect(try dataset.split("test").labels(at: 0..<5) == [9, 2, 1, 1, 6])

        // Under the names of the real files, the generated ones are rejected.
        let forged = try TemporaryFolder()
        for split in ["train", "t10k"] {
            try FileManager.default.createSymbolicLink(
                atPath: forged.path("\(split)-images-idx3-ubyte.gz"), withDestinationPath: "\(source)/\(split)-images-approx-idx3-ubyte.gz")
            try FileManager.default.createSymbolicLink(
                atPath: forged.path("\(split)-labels-idx1-ubyte.gz"), withDestinationPath: "\(source)/\(split)-labels-idx1-ubyte.gz")
        }
        let error = #expect(throws: DatasetError.self) { try store.add("fashion-mnist", from: forged.path) }
        guard case .wrongPublishedDigest(_, let expected, _) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(expected == .gitBlob("ff2f5a96367a3c1656f09c93649f07143ff8b11e"))
        #expect(try !store.status(of: "fashion-mnist").isReady)
    }

    // MARK: CIFAR-10

    /// Four training batches of five images each and one of six, a test batch of three.
    private static let batches: [(name: String, records: [UInt8])] = (1...5).map { ("data_batch_\($0)", records($0, $0 == 5 ? 6 : 5)) } + [("test_batch", records(9, 3))]

    static func records(_ seed: Int, _ count: Int) -> [UInt8] {
        var random = TestRandom(seed: UInt64(seed))
        return (0..<count).flatMap { _ in [UInt8.random(in: 0..<10, using: &random)] + (0..<3072).map { _ in UInt8.random(in: 0...255, using: &random) } }
    }

    private static func description(_ files: CIFARFiles) -> DatasetDescription {
        DatasetDescription(
            name: "cifar10", title: "small", summary: "A small one.", origin: .cifar10(files), shape: CIFARRecords.shape, classes: 10,
            splits: [SplitSize("train", 26), SplitSize("test", 3)], digest: nil, encoderDataset: "cifar10")
    }

    @Test(.enabled(if: Tool.hasNumpy, "python3 with numpy is not installed")) func archivesAndBatchesGiveOneDataset() throws {
        let input = try TemporaryFolder(), storage = try TemporaryFolder()
        for batch in Self.batches { try input.write(batch.records, as: batch.name + ".bin") }
        let script = """
            import sys, pickle, tarfile, numpy
            folder = sys.argv[1]
            for k, name in enumerate(['data_batch_%d' % i for i in range(1, 6)] + ['test_batch']):
                raw = numpy.fromfile(folder + '/' + name + '.bin', numpy.uint8).reshape(-1, 3073)
                batch = {'batch_label': 'batch', 'labels': [int(x) for x in raw[:, 0]], 'data': numpy.ascontiguousarray(raw[:, 1:]),
                         'filenames': ['f%d.png' % i for i in range(len(raw))]}
                pickle.dump(batch, open(folder + '/' + name, 'wb'), protocol=2 + k % 3)
            for kind, end in (('binary', '.bin'), ('python', '')):
                with tarfile.open(folder + '/cifar-10-%s.tar.gz' % kind, 'w:gz') as tar:
                    for name in ['data_batch_%d' % i for i in range(1, 6)] + ['test_batch']:
                        tar.add(folder + '/' + name + end, 'cifar-10-batches/' + name + end)
            """
        #expect(try Tool.python(script, [input.path]).output == "")
        func known(_ name: String) throws -> DatasetDescription.ExpectedFile {
            DatasetDescription.ExpectedFile(name: name, digest: try PublishedDigest.md5("").sameKind(of: input.bytes(name)))
        }
        let files = CIFARFiles(
            binaryArchive: try known("cifar-10-binary.tar.gz"), pythonArchive: try known("cifar-10-python.tar.gz"),
            pythonBatches: try Self.batches.map { try known($0.name) })
        var digests: [Digest?] = []
        for (i, path) in [input.path("cifar-10-binary.tar.gz"), input.path("cifar-10-python.tar.gz"), input.path].enumerated() {
            if i == 2 { for kind in ["binary", "python"] { try FileManager.default.removeItem(atPath: input.path("cifar-10-\(kind).tar.gz")) } }
            let store = DatasetStore(root: storage.path("\(i)"))
            digests.append(try store.add(Self.description(files), from: path) { _ in }.description.digest)
            // The digest is stored with the content, and verified from then on.
            let dataset = try store.load("cifar10")
            #expect(dataset.digest == digests[i] && store.record("cifar10")?.source.isEmpty == false)
            let first = Self.batches[0].records
            let train = try dataset.split("train")
            #expect(train.labels?.prefix(5).map { $0 } == (0..<5).map { first[$0 * 3073] })
            // Channels innermost: red, green and blue of the pixel in row 1, column 2 of the second image.
            let pixel = 32 + 2
            let expected = [0, 1, 2].map { Float(first[3073 + 1 + $0 * 1024 + pixel]) / 255 }
            #expect(Array(train.images(at: [1])[3 * pixel..<3 * pixel + 3]) == expected)
        }
        #expect(digests[0] != nil && Set(digests).count == 1)
        var damaged = try input.bytes("data_batch_2")
        damaged[damaged.count / 2] ^= 1
        try input.write(damaged, as: "data_batch_2")
        let error = #expect(throws: DatasetError.self) { try DatasetStore(root: storage.path("3")).add(Self.description(files), from: input.path) { _ in } }
        guard case .wrongPublishedDigest = error else { Issue.record("\(String(describing: error))"); return }
        #expect(!FileSystem.exists(storage.path("3")))
    }

    @Test func unsoundRecords() {
        let sound = Self.records(1, 2)
        func read(_ bytes: [UInt8]) throws { var (a, b): ([UInt8], [UInt8]) = ([], []); try CIFARRecords.append(bytes[...], file: "f", to: &a, &b) }
        #expect(throws: Never.self) { try read(sound) }
        #expect(throws: DatasetError.truncated(file: "f", part: "record 1", expected: 6146, actual: 6145)) { try read(sound.dropLast()) }
        #expect(throws: DatasetError.truncated(file: "f", part: "record 0", expected: 3073, actual: 0)) { try read([]) }
        var other = sound
        other[3073] = 10
        #expect(throws: DatasetError.wrongValue(file: "f", offset: 3073, field: "label", expected: "0 to 9", actual: "10")) { try read(other) }
    }
}
