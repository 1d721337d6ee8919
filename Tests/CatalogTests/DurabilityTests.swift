import Canonical
import Foundation
import TestSupport
import Testing

@testable import Catalog
import Events

/// Acknowledged changes are on disk, and a transaction waits for the disk once.
@Suite(.enabled(if: WatchedDisk.isAvailable, "calls of fsync cannot be counted under a sanitizer or without glibc"))
struct DurabilityTests {
    @Test func theWriterWaitsForTheDisk() throws {
        let fixture = try CatalogFixture()
        #expect(try fixture.catalog.synchronousLevel() == 2)
        try fixture.catalog.close()
        let again = try Catalog.openForWriting(at: fixture.path)
        #expect(try again.synchronousLevel() == 2)
        try again.close()
    }

    @Test func everyChangeIsOneWait() throws {
        let fixture = try CatalogFixture()
        // Additional work for the first change of a log, such as its directory entry, is done before.
        try fixture.submit(0)
        let disk = WatchedDisk(fixture.folder)
        for number in 1...10 {
            try fixture.submit(number)
            #expect(disk.syncs == number)
        }
        let before = disk.syncs
        try fixture.catalog.writeNow { writer in
            for number in 11...40 { try writer.submit(CatalogFixture.newRun(number), at: 1) }
        }
        #expect(disk.syncs == before + 1)
        _ = try fixture.catalog.readNow { try $0.countRuns(in: .queued) }
        #expect(disk.syncs == before + 1)
    }

    @Test func eventsOfManyRunsAreOneWait() throws {
        let fixture = try CatalogFixture()
        let ids = try (0..<16).map { try fixture.submit($0).id }
        let disk = WatchedDisk(fixture.folder)
        try fixture.catalog.writeNow { writer in
            for id in ids {
                let event = try RunEvent(line: Array(CatalogFixture.metrics(step: 1, loss: 0.5).utf8))
                let batch = EventBatch(start: 0, end: 80, events: [event], damaged: [])
                _ = try writer.ingest(batch, into: try writer.reader.requiredRun(id), at: 2)
            }
        }
        #expect(disk.syncs == 1)
    }

    @Test func aCopyIsOnTheDisk() throws {
        let fixture = try CatalogFixture()
        try fixture.submit(1)
        let folder = try TemporaryFolder("copy")
        let disk = WatchedDisk(folder.path)
        try fixture.catalog.copy(to: folder.path("copy.sqlite"))
        #expect(disk.syncs > 0)
        #expect(try Catalog.openForReading(at: folder.path("copy.sqlite")).readNow { try $0.everyRunID() }.count == 1)
    }
}

/// A disk that rejects writes: changes fail with a sentence that names it, and reading continues.
@Suite(.enabled(if: WatchedDisk.isAvailable, "a full disk cannot be played under a sanitizer or without glibc"))
struct FullDiskCatalogTests {
    @Test func aChangeFailsAndReadingGoesOn() async throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        let disk = WatchedDisk(fixture.folder)
        disk.fill()
        #expect(throws: CatalogError.diskFull(path: fixture.path)) { try fixture.submit(2) }
        await #expect(throws: CatalogError.diskFull(path: fixture.path)) {
            try await fixture.catalog.write { try $0.submit(CatalogFixture.newRun(3), at: 1) }
        }
        #expect(try fixture.catalog.readNow { try $0.everyRunID() } == [run.id])
        #expect(try await fixture.catalog.read { try $0.page(ListQuery(orderBy: "-best.fid")).total } == 1)
        #expect(fixture.catalog.damage == nil)
        disk.clear()
        #expect(try fixture.submit(2).number == run.number + 1)
    }

    @Test func aStartSaysWhatIsWrong() throws {
        let folder = try TemporaryFolder("full")
        let disk = WatchedDisk(folder.path)
        disk.fill()
        let error = #expect(throws: CatalogError.diskFull(path: folder.path("fidelio.sqlite"))) {
            try Catalog.openForWriting(at: folder.path("fidelio.sqlite"))
        }
        #expect(error?.description.contains("disk is full") == true && error?.description.contains(folder.path) == true)
    }

    @Test func aClosedCatalogCanBeReadWithoutWriting() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        try fixture.catalog.close()
        let disk = WatchedDisk(fixture.folder)
        disk.fill()
        let reader = try Catalog.openForReading(at: fixture.path)
        #expect(try reader.readNow { try $0.everyRunID() } == [run.id])
        try reader.close()
    }

    /// A killed server leaves a log; its index cannot be created next to it.
    @Test func aKilledServersCatalogCanBeReadWithoutWriting() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        let folder = try TemporaryFolder("killed")
        for suffix in ["", "-wal"] { try FileSystem.copy(fixture.path + suffix, to: folder.path("fidelio.sqlite" + suffix)) }
        #expect(try FileSystem.size(of: folder.path("fidelio.sqlite-wal")) > 0)
        let disk = WatchedDisk(folder.path)
        disk.fill()
        let reader = try Catalog.openForReading(at: folder.path("fidelio.sqlite"))
        #expect(try reader.readNow { try $0.everyRunID() } == [run.id])
        try reader.close()
        #expect(try folder.names() == ["fidelio.sqlite", "fidelio.sqlite-shm", "fidelio.sqlite-wal"] || folder.names() == ["fidelio.sqlite", "fidelio.sqlite-wal"])
    }
}

/// Pages that SQLite did not write.
@Suite struct DamagedCatalogTests {
    /// A closed catalog with some pages.
    private func filled() throws -> CatalogFixture {
        let fixture = try CatalogFixture()
        try fixture.catalog.writeNow { writer in
            for number in 0..<200 { try writer.submit(CatalogFixture.newRun(number), at: 1) }
        }
        try fixture.catalog.close()
        return fixture
    }

    /// Overwrites the pages from `first` on with invalid bytes.
    private func damage(_ path: String, from first: Int, count: Int) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(first) * 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: count * 4096))
        try file.close()
    }

    @Test func aStartFindsDamageAndWritesNothing() throws {
        let fixture = try filled()
        let pages = try FileSystem.size(of: fixture.path) / 4096
        try damage(fixture.path, from: pages / 2, count: 3)
        let before = try FileSystem.read(fixture.path)
        let error = #expect(throws: CatalogError.self) { try Catalog.openForWriting(at: fixture.path) }
        guard case .damaged(let path, _) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(path == fixture.path)
        #expect(error?.description.contains("backup") == true && error?.description.contains("docs/operations.md") == true)
        #expect(try FileSystem.read(fixture.path) == before)
    }

    @Test func damageThatIsFoundLaterTurnsWritingOff() async throws {
        let fixture = try filled()
        let pages = try FileSystem.size(of: fixture.path) / 4096
        try damage(fixture.path, from: pages / 2, count: 3)
        let catalog: Catalog
        do {
            catalog = try Catalog.openForWriting(at: fixture.path, patience: .zero)
        } catch CatalogError.damaged {
            // The check finished before the timeout of zero.
            return
        }
        try await waitUntil { catalog.damage != nil }
        #expect(catalog.damage != nil)
        #expect(throws: CatalogError.self) { try catalog.writeNow { try $0.submit(CatalogFixture.newRun(1000), at: 1) } }
        try catalog.close()
    }

    @Test func aSoundCatalogIsChecked() throws {
        let fixture = try filled()
        let catalog = try Catalog.openForWriting(at: fixture.path)
        #expect(catalog.damage == nil)
        #expect(try catalog.readNow { try $0.everyRunID() }.count == 200)
        try catalog.close()
    }
}

/// The clock may be set back: the reported times of a run still increase.
@Suite struct ClockTests {
    @Test func aRunNeverEndsBeforeItBegan() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        try fixture.catalog.writeNow { try $0.start(run: run.number, threads: 1, at: run.created - 500, reason: "begins") }
        try fixture.catalog.writeNow { try $0.finish(run: run.number, as: .done, message: "", at: run.created - 900) }
        let ended = try fixture.catalog.readNow { try $0.requiredRun(run.id) }
        #expect(ended.started == run.created && ended.finished == run.created && ended.duration == 0)
        let page = try fixture.catalog.readNow { try $0.page(ListQuery(filter: "duration < 0")) }
        #expect(page.total == 0)
        #expect(try fixture.catalog.readNow { try $0.page(ListQuery(filter: "duration = 0")) }.total == 1)
        #expect(try fixture.catalog.readNow { try $0.history(ofRun: run.number) }.map(\.state) == [.queued, .running, .done])
    }

    @Test func anEndThatComesLaterIsKept() throws {
        let fixture = try CatalogFixture()
        let run = try fixture.submit(1)
        try fixture.catalog.writeNow { try $0.start(run: run.number, threads: 1, at: run.created + 5, reason: "begins") }
        try fixture.catalog.writeNow { try $0.finish(run: run.number, as: .done, message: "", at: run.created + 12.5) }
        #expect(try fixture.catalog.readNow { try $0.requiredRun(run.id) }.duration == 7.5)
    }
}
