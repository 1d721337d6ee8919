import Synchronization

/// Receives the pieces of a response's body and applies backpressure while the client is slow.
public final class BodyWriter: Sendable {
    private struct State {
        var waitingBytes = 0
        var isClosed = false
        var writer: CheckedContinuation<Void, any Error>?
    }

    /// The writer is suspended above this many unsent bytes, so at most this many plus one piece are buffered.
    static let capacity = 128 * 1024

    private let state = Mutex(State())
    private let send: @Sendable ([UInt8]) -> Void

    init(send: @escaping @Sendable ([UInt8]) -> Void) {
        self.send = send
    }

    /// Sends a piece; returns when there is room for another. Only one task may write at a time.
    /// - Errors: `CancellationError` if the client disconnected or the task was cancelled
    public func write(_ piece: [UInt8]) async throws {
        try Task.checkCancellation()
        guard !piece.isEmpty else { return }
        let mustWait = try state.withLock { state in
            guard !state.isClosed else { throw CancellationError() }
            state.waitingBytes += piece.count
            return state.waitingBytes > Self.capacity
        }
        send(piece)
        if mustWait { try await waitForRoom() }
    }

    /// Sends text as UTF-8.
    /// - Errors: `CancellationError` if the client disconnected or the task was cancelled
    public func write(_ text: String) async throws {
        try await write(Array(text.utf8))
    }

    private func waitForRoom() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (writer: CheckedContinuation<Void, any Error>) in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if state.isClosed { return .failure(CancellationError()) }
                    if state.waitingBytes <= Self.capacity { return .success(()) }
                    precondition(state.writer == nil, "a response's body has two concurrent writers")
                    state.writer = writer
                    return nil
                }
                if let result { writer.resume(with: result) }
            }
        } onCancel: {
            close()
        }
    }

    /// Reports that bytes were sent.
    func release(_ count: Int) {
        let writer = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            state.waitingBytes -= count
            guard state.waitingBytes <= Self.capacity / 2 else { return nil }
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// Ends all writing.
    func close() {
        let writer = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            state.isClosed = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume(throwing: CancellationError())
    }
}
