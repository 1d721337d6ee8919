import Canonical
import Dispatch
import HTTPServer
import HTTPTypes
import Synchronization

/// Files that are served under a digest, compared with it before they are: at their first reading since the start, and whenever size, times or
/// place of the file have changed. One is read at a time, away from the cooperative pool.
final class VerifiedFiles: Sendable {
    /// Those who wait for a file to be read; more are refused.
    static let mostWaiting = 64
    /// Files that are remembered; all are forgotten when there are more.
    static let mostKnown = 100_000

    private let queue = DispatchQueue(label: "verified files")
    private let state = Mutex<(known: [String: FileSystem.Version], waiting: Int)>(([:], 0))

    /// Gives back when the file at `path` holds what it should.
    /// - Parameter problem: reads the file and says what is wrong with it; nil where nothing is.
    /// - Errors: `damaged` with the problem for a file that is not what it should be; 503 `overloaded`. A missing file passes: serving it
    ///   answers 404.
    func check(_ path: String, or damaged: @Sendable (String) -> ServerError, problem: @escaping @Sendable () -> String?) async throws {
        guard let version = FileSystem.version(of: path), state.withLock({ $0.known[path] }) != version else { return }
        try enter()
        defer { state.withLock { $0.waiting -= 1 } }
        let found = await withCheckedContinuation { (continuation: CheckedContinuation<String?, Never>) in
            queue.async { [self] in
                // Somebody before in the queue may have read it.
                let version = FileSystem.version(of: path)
                if version != nil, state.withLock({ $0.known[path] }) == version { return continuation.resume(returning: nil) }
                let found = problem()
                // Only what did not change while it was read is known.
                if found == nil, let version, FileSystem.version(of: path) == version { keep(path, version) }
                continuation.resume(returning: found)
            }
        }
        if let found { throw damaged(found) }
    }

    private func enter() throws {
        let isTaken = state.withLock { state in
            guard state.waiting < VerifiedFiles.mostWaiting else { return false }
            state.waiting += 1
            return true
        }
        guard isTaken else { throw ServerError.overloadedByReading }
    }

    private func keep(_ path: String, _ version: FileSystem.Version) {
        state.withLock { state in
            if state.known.count >= VerifiedFiles.mostKnown { state.known = [:] }
            state.known[path] = version
        }
    }
}

extension ServerError {
    fileprivate static let overloadedByReading = ServerError(
        .serviceUnavailable, code: "overloaded", "As many files are being compared with their digests as are taken on; try again soon.",
        headerFields: [.retryAfter: "2"])
}
