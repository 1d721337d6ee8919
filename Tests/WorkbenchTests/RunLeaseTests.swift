import Canonical
import Catalog
import Foundation
import TestSupport
import Testing

@testable import Execution
@testable import Training

@Suite("Leases of run folders")
struct RunLeaseTests {
    private let place: TemporaryFolder
    private let folder: RunFolder

    init() throws {
        place = try TemporaryFolder("lease")
        folder = RunFolder(path: place.path)
    }

    private func claim(_ attempt: Int, _ restart: Int = 0) -> FolderClaim { FolderClaim(order: WorkerOrder(attempt: attempt, restart: restart), isLocked: false) }

    private func hold(_ attempt: Int, _ restart: Int = 0) throws -> FolderHold { try FolderHold(folder, claim(attempt, restart)) }

    private func append(_ text: String, to path: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
    }

    private func lines(_ batch: EventBatch?) -> Int { batch?.events.count ?? 0 }
    private func event(_ step: Int) -> String { #"{"type":"progress","time":1,"step":\#(step),"steps":9,"rate":1,"remaining":1}"# + "\n" }

    @Test func theLaterWorkerHasTheFolder() throws {
        #expect(WorkerOrder("3.1") == WorkerOrder(attempt: 3, restart: 1) && WorkerOrder("3") == nil && WorkerOrder("03.1") == nil && WorkerOrder("0.1") == nil)
        #expect(WorkerOrder(attempt: 2, restart: 9) < WorkerOrder(attempt: 10) && WorkerOrder(attempt: 2) < WorkerOrder(attempt: 2, restart: 1))
        let first = try hold(1)
        #expect(folder.holder == WorkerOrder(attempt: 1) && !first.isLost)
        for (attempt, restart) in [(1, 0)] { #expect(throws: TrainingError.superseded(folder: folder.path, by: "1.0")) { try hold(attempt, restart) } }
        let second = try hold(1, 1), third = try hold(2)
        #expect(throws: TrainingError.superseded(folder: folder.path, by: "2.0")) { try hold(1, 5) }
        // What the earlier ones report means nothing, and cannot replace the report of the last.
        try third.report(Array(#"{"outcome":"done","message":"","code":0}"#.utf8))
        for earlier in [first, second] { #expect(throws: TrainingError.superseded(folder: folder.path, by: "2.0")) { try earlier.report([1]) } }
        #expect(first.isLost && second.isLost && !third.isLost)
        #expect(folder.reportPath(ofAttempt: 1) == nil && folder.reportPath(ofAttempt: 2) == "\(folder.lease)/2.0.exit.json")
    }

    @Test func locksAndLeasesExcludeEachOther() throws {
        let local = try FolderHold(folder, FolderClaim())
        #expect(local.log == folder.events && folder.reportPath(ofAttempt: 1) == folder.exit)
        #expect(throws: TrainingError.busy(folder: folder.path)) { try FolderHold(folder, FolderClaim()) }
        #expect(throws: TrainingError.busy(folder: folder.path)) { try FolderHold(folder, FolderClaim(order: WorkerOrder(attempt: 2))) }
        _ = try hold(2)
        // A worker without an order cannot know whether it is later.
        withExtendedLifetime(local) {}
        let other = RunFolder(path: place.path("other"))
        try FileSystem.makeFolder(other.path)
        _ = try FolderHold(other, claim(1))
        #expect(throws: TrainingError.superseded(folder: other.path, by: "1.0")) { try FolderHold(other, FolderClaim()) }
        _ = try FolderHold(other, FolderClaim(order: WorkerOrder(attempt: 2)))
    }

    /// A worker that was stopped goes on writing its own log, which nobody reads any more.
    @Test func nothingOfAnEarlierWorkerIsReadAfterwards() throws {
        var tail = EventTail(folder: folder, offset: 0)
        let first = try hold(1)
        try append(event(1) + event(2) + #"{"type":"progr"#, to: first.log)
        #expect(lines(try tail.next()) == 2)
        let second = try hold(2)
        #expect(try String(contentsOfFile: second.log, encoding: .utf8) == event(1) + event(2))
        try append("ess\"}\n" + event(3), to: first.log)
        #expect(lines(try tail.next()) == 0)
        try append(event(4), to: second.log)
        let batch = try tail.next()
        #expect(lines(batch) == 1 && batch?.start == Int64((event(1) + event(2)).utf8.count))
        // After a restart of the server it is not known whose bytes were read: those that both logs have are not read again.
        var known = EventTail(folder: folder, offset: Int64((event(1) + event(2)).utf8.count))
        #expect(lines(try known.next()) == 1)
        var doubtful = EventTail(folder: folder, offset: Int64((event(1) + event(2) + event(3)).utf8.count))
        #expect(try doubtful.next()?.start == 0)
    }

    /// More was read of the earlier worker than its successor has copied: everything is read again, and rows have natural keys.
    @Test func linesThatTheSuccessorLacksAreNotCountedOn() throws {
        var tail = EventTail(folder: folder, offset: 0)
        let first = try hold(1)
        try append(event(1), to: first.log)
        _ = try tail.next()
        let second = try hold(2)
        try append(event(2) + event(3), to: second.log)
        var late = EventTail(folder: folder, offset: 0)
        #expect(lines(try late.next()) == 3)
        // `tail` has read more of the first log than the second has of it.
        try Data((event(1) + event(7)).utf8).write(to: URL(fileURLWithPath: first.log))
        var behind = EventTail(folder: RunFolder(path: place.path), offset: Int64((event(1) + event(7)).utf8.count))
        #expect(try behind.next()?.start == 0)
        #expect(lines(try tail.next()) == 2)
    }

    @Test func theHeartbeatIsWrittenAndAnEarlierWorkerSeesItsSuccessor() async throws {
        let lease = try RunLease(folder, as: WorkerOrder(attempt: 1), heartbeat: 0.02)
        func beats() throws -> Int64 { try JSONValue(parsing: FileSystem.read(folder.claim(of: lease.order)))["beats"]?.integerValue ?? 0 }
        try await waitUntil { try beats() > 1 }
        _ = try hold(1, 1)
        try await waitUntil { lease.isLost }
        lease.end()
    }

    /// Of many workers that claim at once, in any order, the latest has the folder, and one of each order at most.
    @Test func manyClaimAtOnce() async throws {
        let folder = folder
        let won = await withTaskGroup(of: WorkerOrder?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let order = WorkerOrder(attempt: 1 + number % 10)
                    return (try? FolderHold(folder, FolderClaim(order: order, isLocked: false))) == nil ? nil : order
                }
            }
            return await group.reduce(into: [WorkerOrder]()) { if let order = $1 { $0.append(order) } }
        }
        #expect(Set(won).count == won.count && won.contains(WorkerOrder(attempt: 10)) && folder.holder == WorkerOrder(attempt: 10), "\(won)")
    }
}
