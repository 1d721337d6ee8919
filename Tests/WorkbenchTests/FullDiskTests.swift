import Archives
import Canonical
import Catalog
import Codecs
import Dispatch
import Events
import Foundation
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing
import Training

@testable import API
@testable import Execution
@testable import Storage

/// On a full disk, changes are rejected with a sentence that names the cause, and reading continues for everybody.
@Suite(.enabled(if: WatchedDisk.isAvailable, "a full disk cannot be simulated under a sanitizer or without glibc"), .serialized)
struct FullDiskTests {
    private static let specification =
        #"{"model":"ns-gan","dataset":"ring","steps":20,"batch_size":16,"evaluation":{"every":10,"samples":256},"seed":SEED}"#

    private func specification(_ seed: Int) -> String { FullDiskTests.specification.replacing("SEED", with: "\(seed)") }

    @Test func submissionsAreRefusedAndReadingGoesOn() async throws {
        let fixture = try await APIFixture()
        let first = try await fixture.ask(.post, "/api/v1/runs", body: specification(1))
        #expect(first.status == 201, "\(first.text)")
        let id = first.json["id"]?.stringValue ?? ""
        let disk = WatchedDisk(fixture.files.storage.root)
        disk.fill()
        // Long after the last use was recorded, so that reading tries to write.
        fixture.clock.advance(seconds: 3600)
        let refused = try await fixture.ask(.post, "/api/v1/runs", body: specification(2))
        #expect(refused.status == 507 && refused.json["code"] == "disk-full", "\(refused.text)")
        let detail = refused.json["detail"]?.stringValue ?? ""
        #expect(detail.contains(fixture.files.storage.root) && detail.contains("disk is full") && detail.contains("make room"), "\(detail)")
        #expect(try await fixture.ask(.post, "/api/v1/runs/\(id)/cancel").status == 507)
        #expect(try await fixture.ask(.post, "/api/v1/members", body: #"{"name":"ada","role":"viewer"}"#).status == 507)
        for path in ["/runs", "/runs/\(id)", "/status", "/studies", "/datasets", "/audit", "/members", "/runs?order_by=-best.fid"] {
            fixture.clock.advance(seconds: 120)
            let answer = try await fixture.ask(.get, "/api/v1\(path)")
            #expect(answer.status == 200, "\(path): \(answer.text)")
        }
        disk.clear()
        #expect(try await fixture.ask(.post, "/api/v1/runs", body: specification(2)).status == 201)
    }

    /// After half a day a session's secret is rotated and the new one stored; on a full disk the old one stays valid.
    @Test func aSessionIsReadWhereItsSecretWouldRotate() async throws {
        let fixture = try await APIFixture()
        let browser = try await fixture.signIn(try await fixture.member("ada", .viewer))
        let disk = WatchedDisk(fixture.files.storage.root)
        disk.fill()
        for _ in 0..<3 {
            fixture.clock.advance(seconds: 13 * 3600)
            let answer = try await fixture.ask(.get, "/api/v1/status", fields: browser)
            #expect(answer.status == 200 && answer.fields[.setCookie] == nil, "\(answer.text)")
        }
        disk.clear()
        fixture.clock.advance(seconds: 120)
        let answer = try await fixture.ask(.get, "/api/v1/status", fields: browser)
        let next = try #require(fixture.cookie(from: answer))
        disk.fill()
        // A new secret that cannot be stored as the current one is valid all the same.
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: APIFixture.browser(next)).status == 200)
    }

    @Test func aStopDoesNotWaitForRoom() async throws {
        let fixture = try WorkbenchFixture()
        let workbench = try fixture.open(stopGrace: 1)
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.waitingRun(1)).run.id
        try await workbench.wait(for: id, atStep: 15)
        let disk = WatchedDisk(fixture.storage.root)
        disk.fill()
        fixture.release(id)
        try await waitUntil { await workbench.obstacle != nil }
        #expect(await workbench.obstacle?.contains("disk is full") == true)
        await workbench.stop()
        #expect(workbench.busyWorkers == 0)
        disk.clear()
        let next = try fixture.open()
        try await next.start()
        try await next.wait(for: id)
        #expect(try next.catalog.readNow { try $0.requiredRun(id) }.state == .done)
        await next.stop()
    }

    @Test func aWorkerWithoutRoomIsAnObstacle() async throws {
        let fixture = try WorkbenchFixture()
        let script = fixture.storage.root + "/full-worker"
        try Data("#!/bin/bash\necho 'cannot write x: No space left on device'\nexit 74\n".utf8).write(to: URL(fileURLWithPath: script))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let workbench = try fixture.open(executable: script)
        try await workbench.start()
        let id = try await workbench.submit(WorkbenchFixture.newRun(1)).run.id
        try await waitUntil { await workbench.obstacle != nil }
        #expect(await workbench.obstacle?.contains("No space left on device") == true)
        #expect(try await workbench.run(id).state == .queued)
        await workbench.stop()
    }
}

/// Content that does not match its digest is never served.
@Suite struct VerifiedFilesTests {
    private final class Counter: Sendable { let count = Mutex(0) }

    /// Guests who ask for many archives at once keep nobody else from reading one.
    @Test func guestsHaveAShareOfThePlaces() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("verified-\(UUID().uuidString)").path
        try Data([1]).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let files = VerifiedFiles(.init(lanes: 1, lanesOfOne: 1, places: 2, placesOfOne: 2, placesOfGuests: 1, time: .seconds(60)))
        let guest = WorkQueue.Asker(name: "share", isGuest: true), member = WorkQueue.Asker(name: "ada", isGuest: false)
        let gate = DispatchSemaphore(value: 0)
        let readings = Counter()
        let check: @Sendable (WorkQueue.Asker) async throws -> Void = { asker in
            try await files.check(file, has: "d", for: asker, or: { ServerError(.internalServerError, code: "damaged", $0) }) {
                readings.count.withLock { $0 += 1 }
                return gate.wait(timeout: .now() + 60) == .success ? "damaged" : nil
            }
        }
        // One guest's file is being read and another's waits, which is all that guests have.
        let first = Task { try await check(guest) }
        try await waitUntil { readings.count.withLock { $0 } == 1 }
        let second = Task { try await check(guest) }
        try await waitUntil { files.count == 2 }
        let refusal = await #expect(throws: ServerError.self) { try await check(guest) }
        #expect(refusal?.code == "overloaded")
        // A member has a place all the same.
        let third = Task { try await check(member) }
        try await waitUntil { files.count == 3 }
        for _ in 0..<3 { gate.signal() }
        for task in [first, second, third] {
            let error = await #expect(throws: ServerError.self) { try await task.value }
            #expect(error?.code == "damaged")
        }
        #expect(readings.count.withLock { $0 } == 3)
    }

    private func withArchive() async throws -> (APIFixture, digest: String, path: String) {
        let fixture = try await APIFixture()
        let archive = Archive(entries: [ArrayEntry(name: "w", shape: [2000], elements: .float32((0..<2000).map(Float.init)))], manifest: ["kind": "test"])
        let kept = try ArchiveStore(root: fixture.files.storage.archives).put(archive)
        try fixture.workbench.catalog.writeNow { writer in
            let run = try writer.submit(WorkbenchFixture.newRun(1), at: 1)
            let line = #"{"type":"checkpoint","time":1,"step":10,"digest":"\#(archive.digest.hex)","bytes":\#(kept.bytes),"final":true}"#
            _ = try writer.ingest(EventBatch(start: 0, end: Int64(line.utf8.count + 1), events: [try RunEvent(line: Array(line.utf8))]), into: run, at: 2)
        }
        return (fixture, archive.digest.hex, kept.path)
    }

    private func flip(_ path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    @Test func aSoundArchiveIsServed() async throws {
        let (fixture, digest, _) = try await withArchive()
        for _ in 0..<2 {
            let answer = try await fixture.ask(.get, "/api/v1/checkpoints/\(digest).npz")
            #expect(answer.status == 200 && answer.fields[.cacheControl]?.contains("immutable") == true)
        }
    }

    @Test func aDamagedArchiveIsNot() async throws {
        let (fixture, digest, path) = try await withArchive()
        try flip(path)
        let answer = try await fixture.ask(.get, "/api/v1/checkpoints/\(digest).npz")
        #expect(answer.status == 500 && answer.json["code"] == "archive-damaged", "\(answer.text)")
        #expect(answer.fields[.cacheControl] == "no-store" && !answer.text.contains(fixture.files.storage.root), "\(answer.text)")
    }

    @Test func damageAfterTheFirstReadingIsFoundToo() async throws {
        let (fixture, digest, path) = try await withArchive()
        #expect(try await fixture.ask(.get, "/api/v1/checkpoints/\(digest).npz").status == 200)
        try flip(path)
        #expect(try await fixture.ask(.get, "/api/v1/checkpoints/\(digest).npz").status == 500)
        try flip(path)
        #expect(try await fixture.ask(.get, "/api/v1/checkpoints/\(digest).npz").status == 200)
    }

    /// A resumed run that contradicts itself overwrites a sample grid. Readers of a link that pinned the earlier one never get the later one under its
    /// digest, also after a member has asked for the later one.
    @Test func aGridThatWasOverwrittenIsNotServedUnderItsOldDigest() async throws {
        let fixture = try await APIFixture()
        func draw(_ value: UInt8, from start: Int64, into run: RunRecord) throws -> String {
            let picture = PixelImage(width: 1, height: 1, channels: 1, pixels: [value]), digest = Digest.sha256(picture.pixels).hex
            let folder = fixture.files.storage.run(run.id).path + "/samples"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try AtomicFile.write(PNG.encode(picture), to: folder + "/10.png")
            let line = #"{"type":"samples","time":1,"step":10,"file":"samples/10.png","digest":"\#(digest)","rows":1,"columns":1,"width":1,"height":1,"channels":1}"#
            try fixture.workbench.catalog.writeNow { writer in
                _ = try writer.ingest(EventBatch(start: start, end: start + 300, events: [try RunEvent(line: Array(line.utf8))]), into: run, at: 2)
            }
            return digest
        }
        let run = try fixture.workbench.catalog.writeNow { try $0.submit(WorkbenchFixture.newRun(1), at: 1) }
        let path = "/api/v1/runs/\(run.id)/samples/10.png"
        let first = try draw(1, from: 0, into: run)
        let guest = try await fixture.guest(.run, run.id, live: false)
        for visitor in [guest, nil] { #expect(try await fixture.ask(.get, path, fields: visitor).status == 200) }
        let second = try draw(2, from: 300, into: run)
        #expect(first != second)
        for _ in 0..<2 {
            #expect(try await fixture.ask(.get, path).status == 200)
            let answer = try await fixture.ask(.get, path, fields: guest)
            #expect(answer.status == 500 && answer.json["code"] == "samples-damaged" && answer.fields[.cacheControl] == "no-store", "\(answer.text)")
        }
        // The earlier grid again is served under its digest, and not under the later one.
        _ = try draw(1, from: 600, into: run)
        #expect(try await fixture.ask(.get, path, fields: guest).status == 200)
        await fixture.workbench.stop()
    }

    @Test func anotherArchiveUnderTheNameIsNot() async throws {
        let (fixture, digest, path) = try await withArchive()
        let other = Archive(entries: [ArrayEntry(name: "w", shape: [1], elements: .float32([1]))], manifest: ["kind": "test"])
        try AtomicFile.write(other.filePieces(), to: path)
        let answer = try await fixture.ask(.get, "/api/v1/checkpoints/\(digest).npz")
        #expect(answer.status == 500 && answer.json["code"] == "archive-damaged", "\(answer.text)")
    }
}

/// New lines of all workers are stored in one transaction.
@Suite(.enabled(if: WatchedDisk.isAvailable, "calls of fsync cannot be counted under a sanitizer or without glibc"))
struct GroupedIngestionTests {
    /// Runs on a cluster, each with some unread lines.
    private func working(_ count: Int, lines: String) async throws -> (WorkbenchFixture, Workbench, [String]) {
        let fixture = try WorkbenchFixture()
        let executor = SimulatedExecutor(seed: 1, capacity: .init(jobs: count, cores: count), work: 1_000_000)
        let workbench = try fixture.open(executor: executor)
        let ids = try await (0..<count).asyncMap { try await workbench.submit(WorkbenchFixture.newRun($0)).run.id }
        try await workbench.begin()
        for _ in 0..<20 { try await workbench.reconcile() }
        #expect(try await ids.asyncMap { try await workbench.run($0).state } == ids.map { _ in .running })
        for id in ids { try AtomicFile.write(Array(lines.utf8), to: fixture.storage.run(id).events) }
        return (fixture, workbench, ids)
    }

    @Test func sixteenWorkersAreOneWait() async throws {
        let lines = (1...50).map { #"{"type":"metrics","time":1,"step":\#($0),"values":{"loss":\#($0).5}}"# + "\n" }.joined()
        let (fixture, workbench, ids) = try await working(16, lines: lines)
        let disk = WatchedDisk(fixture.storage.root)
        try await workbench.reconcile()
        #expect(disk.syncs == 1)
        for id in ids {
            let run = try await workbench.run(id)
            #expect(run.eventsOffset == Int64(try FileSystem.size(of: fixture.storage.run(id).events)))
            #expect(try workbench.catalog.readNow { try $0.metrics(ofRun: run.number) }.steps.count == 50)
        }
        try await workbench.reconcile()
        #expect(disk.syncs == 1)
    }

    /// A run whose lines cannot be stored does not block the others.
    @Test func aStaleOneStandsAlone() async throws {
        let line = #"{"type":"metrics","time":1,"step":1,"values":{"loss":0.5}}"# + "\n"
        let (fixture, workbench, ids) = try await working(3, lines: line + line)
        let tail = EventTail(path: fixture.storage.run(ids[1]).events, offset: Int64(line.utf8.count))
        await workbench.follow(ids[1], from: tail)
        try await workbench.reconcile()
        #expect(try await workbench.run(ids[0]).eventsOffset > 0)
        #expect(try await workbench.run(ids[1]).eventsOffset == 0)
        #expect(try await workbench.run(ids[2]).eventsOffset > 0)
    }
}

extension Workbench {
    fileprivate func follow(_ run: String, from tail: EventTail) { open[run]?.tail = tail }
}
