import Dispatch
import HTTPServer
import HTTPTypes
import Synchronization

/// Draws the figures of comparisons one after the other, away from the cooperative pool: resampling takes a moment, and whoever has a link may ask often.
///
/// So many may wait, and more are refused; guests have a part of the places, so that they cannot keep members out.
final class DrawingQueue: Sendable {
    static let mostOfGuests = 16
    static let mostOfAll = 64

    private let queue = DispatchQueue(label: "figures")
    private let waiting = Mutex((guests: 0, all: 0))

    /// Those who wait, the one whose figure is being drawn among them.
    var count: Int { waiting.withLock { $0.all } }

    /// - Errors: 503 `overloaded` where no place is left, and those of `work`
    func draw<T: Sendable>(isGuest: Bool, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        let isTaken = waiting.withLock { waiting in
            guard waiting.all < DrawingQueue.mostOfAll, !isGuest || waiting.guests < DrawingQueue.mostOfGuests else { return false }
            waiting.all += 1
            waiting.guests += isGuest ? 1 : 0
            return true
        }
        guard isTaken else {
            throw ServerError(
                .serviceUnavailable, code: "overloaded", "As many figures are being drawn as are taken on; try again soon.", headerFields: [.retryAfter: "2"])
        }
        defer {
            waiting.withLock { waiting in
                waiting.all -= 1
                waiting.guests -= isGuest ? 1 : 0
            }
        }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }
}
