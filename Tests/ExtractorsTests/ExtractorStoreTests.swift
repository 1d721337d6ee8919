import Canonical
import Codecs
import Engine
import TestSupport
import Testing

@testable import Extractors

@Suite struct ExtractorStoreTests {
    @Test func addsListsOpensAndRemoves() throws {
        let folder = try TemporaryFolder()
        let store = ExtractorStore(storage: folder.path)
        #expect(store.list().isEmpty)
        let (record, unused) = try store.add(SmallNetwork.manifest(), from: Fixtures.path("extractors/network.pth"))
        #expect(record.name == "small" && record.dimension == 20 && record.classes == 5 && record.encoder == "small.\(record.digest.short)" && unused.isEmpty)
        #expect(record.provenance["format"] == "pytorch" && record.provenance["file"] == "network.pth")
        #expect(store.list() == [record] && store.find("small") == record && store.find(record.encoder) == record)
        let extractor = try store.open(record, device: CPUDevice(threads: 1))
        #expect(extractor.digest == record.digest && extractor.dimension == 20)
        // The same content once more is nothing new; another one under the name is refused.
        #expect(try store.add(SmallNetwork.manifest(), from: Fixtures.path("extractors/network.npz")).record.digest == record.digest)
        let error = #expect(throws: NetworkError.self) { try store.add(SmallNetwork.manifest(), from: Fixtures.path("extractors/network.pth"), output: "low") }
        #expect(error?.description.contains("there is an extractor small with other content") == true)
        let other = try store.add(SmallNetwork.manifest(), from: Fixtures.path("extractors/network.pth"), name: "small-low", output: "low").record
        #expect(other.dimension == 8 && store.list().map(\.name) == ["small", "small-low"])
        try store.remove("small")
        #expect(store.list() == [other])
        #expect(throws: NetworkError.self) { try store.remove("small") }
    }

    @Test func refusesAFileThatIsNotTheOneItsNameSays() throws {
        let folder = try TemporaryFolder()
        let bytes = try Fixtures.bytes("extractors/network.pth"), start = Digest.sha256(bytes).hex.prefix(8)
        let (good, bad) = (folder.path("net-\(start).pth"), folder.path("net-0123abcd.pth"))
        for path in [good, bad] { try AtomicFile.write(bytes, to: path) }
        let store = ExtractorStore(storage: folder.path)
        let error = #expect(throws: NetworkError.self) { try store.add(SmallNetwork.manifest(), from: bad) }
        #expect(error?.description == "net-0123abcd.pth is damaged: its SHA-256 begins with \(start), and its name says 0123abcd; fetch it again")
        _ = try store.add(SmallNetwork.manifest(), from: good)
        #expect(throws: NetworkError.self) { try store.add(SmallNetwork.manifest(), from: good, name: "../x") }
        #expect(throws: NetworkError.self) { try store.add(SmallNetwork.manifest(), from: good, output: "none") }
    }

    /// The graph of TensorFlow as it was published, within a compressed tar archive; other archives and bombs are refused.
    @Test func readsTheGraphInItsArchive() throws {
        let folder = try TemporaryFolder(), store = ExtractorStore(storage: folder.path)
        let graph = try Fixtures.bytes("extractors/network.pb")
        func add(_ archive: [UInt8]) throws -> ExtractorRecord {
            try AtomicFile.write(archive, to: folder.path("inception-2015-12-05.tgz"))
            return try store.add(SmallNetwork.manifest(), from: folder.path("inception-2015-12-05.tgz")).record
        }
        func refusal(_ archive: [UInt8]) -> String {
            do {
                _ = try add(archive)
                return "accepted"
            } catch { return "\(error)" }
        }
        let record = try add(Gzip.compress(Self.tar([("imagenet_2012.pbtxt", [65]), ("classify_image_graph_def.pb", graph)])))
        #expect(try record.provenance["format"] == "tensorflow-graph" && record.digest == store.add(SmallNetwork.manifest(), from: Fixtures.path("extractors/network.pth")).record.digest)
        #expect(refusal(Gzip.compress(Self.tar([("graph.pb", graph)]))).contains("no member classify_image_graph_def.pb"))
        #expect(refusal(Gzip.compress([UInt8](repeating: 1, count: 1024))).contains("not a tar archive: wrong header checksum"))
        // A header that promises more than there is, and a member that is no graph.
        var lying = Self.tar([("classify_image_graph_def.pb", graph)])
        lying.removeLast(lying.count - 600)
        #expect(refusal(Gzip.compress(lying)).contains("unexpected end"))
        #expect(refusal(Gzip.compress(Self.tar([("classify_image_graph_def.pb", [0x0A, 0x02, 0x0B, 0x0C])]))).contains("the wire type 3"))
        #expect(refusal(Array(Gzip.compress(Self.tar([("classify_image_graph_def.pb", graph)])).dropLast(20))) != "accepted")
    }

    /// An archive in the form "ustar".
    private static func tar(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, content) in members {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at place: Int) { header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8) }
            let octal = String(content.count, radix: 8)
            put(name, at: 0)
            put(String(repeating: "0", count: 11 - octal.utf8.count) + octal, at: 124)
            put("        ", at: 148)
            put("0", at: 156)
            put("ustar", at: 257)
            let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
            put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0 ", at: 148)
            bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        }
        return bytes + [UInt8](repeating: 0, count: 1024)
    }

    /// A damaged archive is not used.
    @Test func detectsDamage() throws {
        let folder = try TemporaryFolder()
        let store = ExtractorStore(storage: folder.path)
        let record = try store.add(SmallNetwork.manifest(), from: Fixtures.path("extractors/network.pth")).record
        let path = "\(store.folder)/\(record.encoder).npz"
        var bytes = try FileSystem.read(path)
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: path)
        #expect(throws: (any Error).self) { try store.open(record, device: CPUDevice(threads: 1)) }
    }
}
