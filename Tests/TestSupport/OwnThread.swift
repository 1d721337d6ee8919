import Foundation

/// Runs blocking code on its own thread, so that the cooperative pool stays free. Do not record expectations inside: recorded on a thread
/// that is not a test's task, an issue belongs to no test.
public func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

/// Yields the thread to other tasks. A long-computing test would otherwise starve the servers
/// and clients of other tests, which share a few threads.
/// - Returns: the time spent, which the caller may subtract
public func othersTurn() async -> Duration {
    let start = ContinuousClock.now
    await Task.yield()
    return ContinuousClock.now - start
}
