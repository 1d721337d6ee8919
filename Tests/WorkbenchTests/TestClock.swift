import Foundation
import Synchronization

/// The current time plus an offset set by the test.
final class TestClock: Sendable {
    private let ahead = Mutex(0.0)

    var now: Double { Date().timeIntervalSince1970 + ahead.withLock { $0 } }

    func advance(seconds: Double) { ahead.withLock { $0 += seconds } }
}
