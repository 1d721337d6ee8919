import Canonical
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
