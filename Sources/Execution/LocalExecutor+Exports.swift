import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension LocalExecutor {
    /// Creates one file in a child process and waits for its end; kills the process if the task is cancelled.
    public func make(_ job: ExportJob) async throws -> WorkerExit {
        let process = BoundProcess()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    try process.start { try spawnYielding(job.arguments, log: job.log) }
                    Thread.detachNewThread { continuation.resume(returning: process.wait()) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            process.kill()
        }
    }
}

/// A process that ends with the task that waits for it. It is signaled only before it is reaped, while its id cannot be reused.
final class BoundProcess: Sendable {
    private enum State { case waiting, running(pid_t), over }

    private let state = Mutex(State.waiting)
    private let cancelled = Mutex(false)

    /// Whether the task that waits was cancelled.
    var wasCancelled: Bool { cancelled.withLock { $0 } }

    /// Kills the process because nobody wants its result.
    func cancel() {
        cancelled.withLock { $0 = true }
        kill()
    }

    /// - Errors: `CancellationError` if it was killed before it started, and those of `spawn`.
    func start(_ spawn: () throws -> pid_t) throws {
        try state.withLock { state in
            guard case .waiting = state else { throw CancellationError() }
            state = .running(try spawn())
        }
    }

    func kill() {
        state.withLock { state in
            switch state {
            case .running(let process): end(process)
            case .waiting: state = .over
            case .over: return
            }
        }
    }

    /// Waits for the process to end. Blocks its thread.
    func wait() -> WorkerExit {
        guard case .running(let process) = state.withLock({ $0 }) else { return .unknown }
        LocalExecutor.waitWithoutReaping(process)
        return state.withLock { state in
            state = .over
            return LocalExecutor.wait(for: process)
        }
    }
}

private func end(_ process: pid_t) { _ = kill(process, SIGKILL) }
