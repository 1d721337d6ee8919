import Synchronization

/// Takes the pieces of an answer's body, and lets the writer wait while the client is slow.
public final class BodyWriter: Sendable {
    private struct State {
        var waitingBytes = 0
        var isClosed = false
        var writer: CheckedContinuation<Void, any Error>?
    }

    /// A writer waits when more than this many bytes have not gone out, so at most this many and one piece wait.
    static let capacity = 128 * 1024

    private let state = Mutex(State())
    private let send: @Sendable ([UInt8]) -> Void

    init(send: @escaping @Sendable ([UInt8]) -> Void) {
        self.send = send
    }

    /// Sends a piece; returns when there is room for another. One task writes at a time.
    /// - Errors: `CancellationError` when the client is gone or the task was cancelled.
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

    public func write(_ text: String) async throws {
        try await write(Array(text.utf8))
    }

    private func waitForRoom() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (writer: CheckedContinuation<Void, any Error>) in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if state.isClosed { return .failure(CancellationError()) }
                    if state.waitingBytes <= Self.capacity { return .success(()) }
                    precondition(state.writer == nil, "two tasks write one body at once")
                    state.writer = writer
                    return nil
                }
                if let result { writer.resume(with: result) }
            }
        } onCancel: {
            close()
        }
    }

    /// Tells that bytes have gone out.
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
