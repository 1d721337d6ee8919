import Catalog
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import API
@testable import Access
@testable import Execution

/// Slow responses: bounded, shared fairly, cancelled.
@Suite("Response queues")
struct WorkQueueTests {
    private static let guests = (0..<3).map { WorkQueue.Asker(name: "share \($0)", isGuest: true) }
    private static let ada = WorkQueue.Asker(name: "ada", isGuest: false)
    private static let bob = WorkQueue.Asker(name: "bob", isGuest: false)

    private func limits(lanes: Int = 2, lanesOfOne: Int = 1, places: Int = 8, placesOfOne: Int = 4, placesOfGuests: Int = 3, time: Duration = .seconds(60)) -> WorkQueue.Limits {
        WorkQueue.Limits(
            lanes: lanes, lanesOfOne: lanesOfOne, lanesOfGuests: 1, places: places, placesOfOne: placesOfOne, placesOfGuests: placesOfGuests, time: time)
    }

    /// Work that continues until it is released or cancelled, and records its name when it starts.
    private final class Gate: Sendable {
        let begun = Mutex<[String]>([])
        private let isOpen = Mutex(false)

        func open() { isOpen.withLock { $0 = true } }

        func work(_ name: String) async throws -> String {
            begun.withLock { $0.append(name) }
            while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            return name
        }
    }

    private func reach(_ count: Int, _ queue: WorkQueue) async throws {
        try await waitUntil { queue.count == count }
        try #require(queue.count == count)
    }

    private func refusal(_ queue: WorkQueue, _ asker: WorkQueue.Asker) async -> ServerError? {
        do {
            _ = try await queue.perform(for: asker) { 0 }
            return nil
        } catch { return error as? ServerError }
    }

    @Test func guestsHaveAPartOfTheLanesAndPlaces() async throws {
        let queue = WorkQueue("test", limits())
        let gate = Gate()
        try await withThrowingTaskGroup(of: String.self) { group in
            // One guest is served, three wait, and the next one is rejected, whatever its link.
            for number in 0..<4 {
                group.addTask { try await queue.perform(for: Self.guests[number % 3]) { try await gate.work("guest") } }
                try await reach(number + 1, queue)
            }
            for guest in Self.guests {
                let refused = try #require(await refusal(queue, guest))
                #expect(refused.status == .serviceUnavailable && refused.code == "overloaded" && refused.headerFields[.retryAfter] == "2")
            }
            // A member is still served immediately.
            #expect(try await queue.perform(for: Self.ada) { "ada" } == "ada")
            #expect(gate.begun.withLock { $0 } == ["guest"])
            gate.open()
            for try await _ in group {}
        }
        #expect(queue.count == 0)
        #expect(await refusal(queue, Self.guests[0]) == nil)
    }

    @Test func oneVisitorLeavesRoomForTheOthers() async throws {
        let queue = WorkQueue("test", limits())
        let gate = Gate()
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<5 {
                group.addTask { try await queue.perform(for: Self.ada) { try await gate.work("ada") } }
                try await reach(number + 1, queue)
            }
            #expect(await refusal(queue, Self.ada)?.code == "overloaded")
            #expect(try await queue.perform(for: Self.bob) { "bob" } == "bob")
            gate.open()
            for try await _ in group {}
        }
    }

    @Test func whoWasServedLongestAgoIsNext() async throws {
        let queue = WorkQueue("test", limits(lanes: 1))
        let gate = Gate()
        try await withThrowingTaskGroup(of: String.self) { group in
            for (number, asker) in [Self.ada, Self.ada, Self.ada, Self.bob, Self.guests[0]].enumerated() {
                group.addTask { try await queue.perform(for: asker) { try await gate.work(asker.name) } }
                try await reach(number + 1, queue)
            }
            gate.open()
            for try await _ in group {}
        }
        #expect(gate.begun.withLock { $0 } == ["ada", "bob", "share 0", "ada", "ada"])
    }

    @Test func whatIsNotWaitedForIsGivenUp() async throws {
        let queue = WorkQueue("test", limits(lanes: 1))
        let gate = Gate()
        let running = Task { try await queue.perform(for: Self.ada) { try await gate.work("running") } }
        try await reach(1, queue)
        let waiting = Task { try await queue.perform(for: Self.bob) { try await gate.work("waiting") } }
        try await reach(2, queue)
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        try await reach(1, queue)
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(queue.count == 0)
        #expect(gate.begun.withLock { $0 } == ["running"])
        // A request that ended before it was queued takes no place.
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await queue.perform(for: Self.ada) { 0 }
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(queue.count == 0)
    }

    @Test func whatTakesTooLongIsStopped() async throws {
        let queue = WorkQueue("test", limits(time: .milliseconds(50)))
        let gate = Gate()
        let error = await #expect(throws: ServerError.self) { try await queue.perform(for: Self.ada) { try await gate.work("ada") } }
        #expect(error?.code == "too-slow" && error?.status == .serviceUnavailable && error?.headerFields[.retryAfter] == "10")
        #expect(queue.count == 0)
        // A change has no time limit.
        let change = Task { try await queue.perform(for: Self.ada, isLimited: false) { try await gate.work("change") } }
        try await waitUntil { gate.begun.withLock({ $0.count }) >= 2 }
        // Limited work that started later is stopped meanwhile.
        let later = await #expect(throws: ServerError.self) { try await queue.perform(for: Self.bob) { try await gate.work("bob") } }
        #expect(later?.code == "too-slow" && queue.count == 1)
        gate.open()
        #expect(try await change.value == "change")
    }

    @Test func theVisitorIsKnownToTheWork() async throws {
        let queue = WorkQueue("test", limits())
        let visitor = Visitor(name: "ada", role: .viewer, isBrowser: true, address: "")
        let name = try await Visitor.$current.withValue(visitor) { try await queue.perform(for: Self.ada) { Visitor.current.name } }
        #expect(name == "ada")
        await #expect(throws: CancellationError.self) { try await queue.perform(for: Self.ada) { throw CancellationError() } as Int }
        #expect(queue.count == 0)
    }

    /// Distinguishes a cancelled request from a waiting one.
    @Test func workEndsWithItsClient() async throws {
        let request = try Request(target: "/")
        let gate = Gate()
        let work = Task { try await request.client.whileWaiting { try await gate.work("work") } }
        try await waitUntil { !gate.begun.withLock({ $0.isEmpty }) }
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(try await request.client.whileWaiting { 1 } == 1)
    }
}
