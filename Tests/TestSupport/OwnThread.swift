import Foundation

/// Runs what blocks on a thread of its own, so that the threads that tasks share stay free. Expectations belong outside: recorded on a thread
/// that is no test's task, an issue belongs to no test.
public func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
