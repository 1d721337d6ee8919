import Canonical
import Catalog
import Foundation
import TestSupport
import Testing

@testable import Execution
@testable import Storage

/// Where a backup and other output may go: compared by identity in the file system, not by path.
@Suite struct BackupTargetTests {
    private func filled(_ seeds: Int...) throws -> WorkbenchFixture {
        let fixture = try WorkbenchFixture()
        let catalog = try Catalog.openForWriting(at: fixture.storage.catalog)
        for seed in seeds { _ = try catalog.writeNow { try $0.submit(WorkbenchFixture.newRun(seed), at: 1) } }
        try catalog.close()
        return fixture
    }

    private func runs(_ folder: String) throws -> [String] {
        let catalog = try Catalog.openForReading(at: StorageFolder(root: folder).catalog)
        defer { try? catalog.close() }
        return try catalog.readNow { try $0.everyRunID() }
    }

    private func isRefused(_ fixture: WorkbenchFixture, to folder: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: StorageError.self, sourceLocation: sourceLocation) { try Backup(of: fixture.storage, to: folder).make() }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))", sourceLocation: sourceLocation)
    }

    @Test func theStorageItselfIsRefusedByAnyPath() throws {
        let fixture = try filled(1)
        let links = try TemporaryFolder("links")
        try FileManager.default.createSymbolicLink(atPath: links.path("link"), withDestinationPath: fixture.storage.root)
        for folder in [
            fixture.storage.root, links.path("link"), links.path("link/new"), fixture.storage.runs, fixture.storage.runs + "/x/../y", fixture.storage.root + "/./backup",
        ] { isRefused(fixture, to: folder, "cannot lie in the storage folder itself") }
        #expect(try runs(fixture.storage.root).count == 1)
    }

    @Test func aTargetInUseIsRefused() throws {
        let (fixture, other) = (try filled(1), try WorkbenchFixture())
        let lock = try #require(try FileLock.acquire(other.storage.lock))
        isRefused(fixture, to: other.storage.root, "is in use by process")
        #expect(!FileSystem.exists(other.storage.catalog))
        withExtendedLifetime(lock) {}
    }

    @Test func aStorageWithOtherRunsIsRefused() throws {
        let (fixture, newer) = (try filled(1), try filled(1, 2))
        isRefused(fixture, to: newer.storage.root, "holds a storage with 1 run (")
        #expect(try runs(newer.storage.root).count == 2)
        // In the other direction it is a later backup of the same runs.
        _ = try Backup(of: newer.storage, to: fixture.storage.root).make()
        #expect(try runs(fixture.storage.root).count == 2)
    }

    /// The same runs, but what was done to the target after it was copied would be lost.
    @Test func aStorageWithOtherChangesIsRefused() throws {
        let fixture = try filled(1)
        func record(_ folder: String, _ action: String, _ time: Double) throws {
            let catalog = try Catalog.openForWriting(at: StorageFolder(root: folder).catalog)
            try catalog.writeNow { try $0.record(AuditEntry(time: time, actor: "ada", address: "", action: action, target: "x", via: "local")) }
            try catalog.close()
        }
        try record(fixture.storage.root, "member.add", 1)
        let target = try TemporaryFolder("target")
        _ = try Backup(of: fixture.storage, to: target.path("backup")).make()
        // An earlier backup is brought up to date.
        try record(fixture.storage.root, "member.remove", 2)
        _ = try Backup(of: fixture.storage, to: target.path("backup")).make()
        // The backup was put into use, and changed.
        try record(target.path("backup"), "share.make", 3)
        isRefused(fixture, to: target.path("backup"), "holds a storage with changes (the newest is share.make by ada) that")
        try record(fixture.storage.root, "share.make", 4)
        isRefused(fixture, to: target.path("backup"), "holds a storage with changes")
    }

    @Test func aTargetThatSharesAFolderIsRefused() throws {
        let fixture = try filled(1)
        let target = try TemporaryFolder("target")
        try FileManager.default.createSymbolicLink(atPath: target.path("runs"), withDestinationPath: fixture.storage.runs)
        isRefused(fixture, to: target.path, "is that of the storage")
    }

    @Test func otherCommandsLeaveStoragesAlone() throws {
        let fixture = try filled(1)
        let links = try TemporaryFolder("links")
        try FileManager.default.createSymbolicLink(atPath: links.path("link"), withDestinationPath: fixture.storage.archives)
        for folder in [fixture.storage.root, fixture.storage.runs, fixture.storage.datasets + "/new/deep", fixture.storage.evaluations + "/a", fixture.storage.exports, links.path("link"), links.path("link/x")] {
            #expect(throws: StorageError.self, "\(folder)") { try OutputFolder.check(folder) }
        }
        for folder in [fixture.storage.root + "/report", links.path("new"), links.path, "new-folder"] {
            #expect(throws: Never.self, "\(folder)") { try OutputFolder.check(folder) }
        }
    }

    @Test func everyFileIsOnTheDisk() throws {
        guard WatchedDisk.isAvailable else { return }
        let fixture = try filled(1)
        try AtomicFile.write([1, 2, 3], to: fixture.storage.archives + "/a.npz")
        let target = try TemporaryFolder("target")
        let disk = WatchedDisk(target.path)
        let report = try Backup(of: fixture.storage, to: target.path("new")).make()
        // The bytes and the name of each file, and the names of six folders.
        #expect(report.files == 2 && disk.syncs >= 2 * report.files + 6)
        disk.fill()
        let error = #expect(throws: (any Error).self) { try Backup(of: fixture.storage, to: target.path("other")).make() }
        #expect(error.map(ObstacleToWriting.isOne) == true, "\(String(describing: error))")
        #expect(!FileSystem.exists(target.path("other/fidelio.sqlite")))
    }
}
