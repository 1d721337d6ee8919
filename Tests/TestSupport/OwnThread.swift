import Foundation

/// Runs blocking code on its own thread, so that the cooperative pool stays free. Do not record expectations inside: recorded on a thread
/// that is not a test's task, an issue belongs to no test.
public func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
