import Archives
import Canonical
import Catalog
import Events
import Foundation
import TestSupport
import Testing

@testable import Execution
@testable import Server
@testable import Storage

@Suite("The doctor and the backup", .serialized)
struct DoctorTests {
    private func verdict(_ subject: String, _ fixture: WorkbenchFixture, port: Int = 8642) -> Finding.Verdict? {
        Doctor(storage: fixture.storage, samples: nil, port: port).examine().first { $0.subject == subject }?.verdict
    }

    /// A catalog that refers to one archive, and the archive.
    private func withArchive() throws -> (WorkbenchFixture, String) {
        let fixture = try WorkbenchFixture()
        let archive = Archive(entries: [ArrayEntry(name: "w", shape: [3], elements: .float32([1, 2, 3]))], manifest: ["kind": "test"])
        try ArchiveStore(root: fixture.storage.archives).put(archive)
        let catalog = try Catalog.openForWriting(at: fixture.storage.catalog)
        try catalog.writeNow { writer in
            let run = try writer.submit(WorkbenchFixture.newRun(1), at: 1)
            let line = #"{"type":"checkpoint","time":1,"step":10,"digest":"\#(archive.digest.hex)","bytes":10,"final":true}"#
            let event = try RunEvent(line: Array(line.utf8))
            _ = try writer.ingest(EventBatch(start: 0, end: Int64(line.utf8.count + 1), events: [event]), into: run, at: 2)
        }
        try catalog.close()
        return (fixture, try ArchiveStore(root: fixture.storage.archives).file(for: archive.digest))
    }

    @Test func aSoundInstallationIsGood() throws {
        let (fixture, _) = try withArchive()
        let findings = Doctor(storage: fixture.storage).examine()
        for subject in ["storage", "server", "catalog", "archives", "encoders", "zlib"] {
            #expect(findings.first { $0.subject == subject }?.verdict == .good, "\(subject): \(findings)")
        }
        for finding in findings { #expect(finding.sentence.last == "." && (finding.verdict == .good) == finding.advice.isEmpty, "\(finding)") }
    }

    @Test func whatIsBrokenIsFound() throws {
        let (fixture, archive) = try withArchive()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: archive))
        bytes[bytes.count / 2] ^= 0x40
        try bytes.write(to: URL(fileURLWithPath: archive))
        #expect(verdict("archives", fixture) == .problem)
        try FileManager.default.removeItem(atPath: archive)
        #expect(verdict("archives", fixture) == .problem)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fixture.storage.root)
        #expect(verdict("privacy", fixture) == .warning)
        try Data("PK?".utf8).write(to: URL(fileURLWithPath: fixture.storage.encoders + "/x.npz"))
        #expect(verdict("encoders", fixture) == .problem)
        let lock = try #require(try FileLock.acquire(fixture.storage.lock))
        #expect(verdict("server", fixture) == .warning)
        withExtendedLifetime(lock) {}
    }

    /// What was removed for good is not missed. What is in the trash is: it can be restored.
    @Test func aDeletedCheckpointIsNotMissed() throws {
        let (fixture, archive) = try withArchive()
        let catalog = try Catalog.openForWriting(at: fixture.storage.catalog)
        let id = try catalog.readNow { try $0.everyRunID()[0] }
        let deletion = try catalog.writeNow { try $0.delete(Deletion(kind: .checkpoint, target: "\(id)/10", title: "", bytes: 0, actor: "ada", deleted: 3, expires: 4)) }
        try FileManager.default.removeItem(atPath: archive)
        #expect(verdict("archives", fixture) == .problem)
        try catalog.writeNow { try $0.remove(deletion, at: 5) }
        try catalog.close()
        #expect(verdict("archives", fixture) == .good)
    }

    @Test func aDamagedCatalogIsFound() throws {
        let (fixture, _) = try withArchive()
        let path = URL(fileURLWithPath: fixture.storage.catalog)
        var bytes = try Data(contentsOf: path)
        for place in stride(from: 8192, to: bytes.count, by: 3) { bytes[place] = 0xAA }
        try bytes.write(to: path)
        #expect(verdict("catalog", fixture) == .problem)
        #expect(Doctor(storage: StorageFolder(root: "/nonexistent/fidelio")).examine().first?.verdict == .problem)
    }

    /// A backup in the middle of a run: the copy, started elsewhere, continues to the same results as the original.
    @Test func aBackupOfARunningServerGoesOn() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open()
        try await workbench.start()
        let done = try await workbench.submit(WorkbenchFixture.newRun(1)).run.id
        try await workbench.wait(for: done)
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(2, steps: 40)).run.id
        try await workbench.wait(for: id, atStep: 15)
        let copy = try WorkbenchFixture()
        let report = try Backup(of: fixture.storage, to: copy.storage.root).make()
        #expect(report.files > 5 && report.bytes > 0)
        for name in [id, done] { fixture.release(name) }
        try await workbench.wait(for: id)
        copy.release(id)
        let restored = try copy.open()
        try await restored.start()
        try await restored.wait(for: id)
        #expect(try restored.content(of: done) == (try workbench.content(of: done)))
        #expect(try restored.content(of: id) == (try workbench.content(of: id)))
        await restored.stop()
        await workbench.stop()
        #expect(verdict("catalog", copy) == .good)
        // Again into the same folder: archives are not copied twice.
        let (other, _) = try withArchive()
        let place = copy.storage.root + "/again"
        #expect(try Backup(of: other.storage, to: place).make().kept == 0)
        #expect(try Backup(of: other.storage, to: place).make().kept == 1)
    }
}
