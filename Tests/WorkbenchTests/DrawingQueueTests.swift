import Dispatch
import HTTPServer
import HTTPTypes
import Testing

@testable import Workbench

/// Figures are drawn one at a time, and guests cannot keep members out.
@Suite("The queue of figures")
struct DrawingQueueTests {
    private func reach(_ count: Int, _ queue: DrawingQueue) async throws {
        for _ in 0..<3000 where queue.count != count { try await Task.sleep(for: .milliseconds(10)) }
        try #require(queue.count == count)
    }

    private func refusal(_ queue: DrawingQueue, isGuest: Bool) async -> ServerError? {
        do {
            _ = try await queue.draw(isGuest: isGuest) { 0 }
            return nil
        } catch { return error as? ServerError }
    }

    @Test func guestsHaveAPartOfThePlaces() async throws {
        let queue = DrawingQueue()
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<DrawingQueue.mostOfGuests {
                group.addTask {
                    try await queue.draw(isGuest: true) {
                        gate.wait()
                        gate.signal()
                        return number
                    }
                }
            }
            try await reach(DrawingQueue.mostOfGuests, queue)
            let refused = try #require(await refusal(queue, isGuest: true))
            #expect(refused.status == .serviceUnavailable && refused.code == "overloaded" && refused.headerFields[.retryAfter] == "2")
            for _ in DrawingQueue.mostOfGuests..<DrawingQueue.mostOfAll { group.addTask { try await queue.draw(isGuest: false) { 0 } } }
            try await reach(DrawingQueue.mostOfAll, queue)
            #expect(await refusal(queue, isGuest: false)?.code == "overloaded")
            gate.signal()
            #expect(try await group.reduce(0, +) == (0..<DrawingQueue.mostOfGuests).reduce(0, +))
        }
        // All places are free again, after errors too.
        #expect(queue.count == 0)
        await #expect(throws: CancellationError.self) { try await queue.draw(isGuest: true) { throw CancellationError() } as Int }
        #expect(queue.count == 0)
        #expect(await refusal(queue, isGuest: true) == nil)
    }
}
