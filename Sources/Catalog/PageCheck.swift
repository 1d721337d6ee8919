import Canonical
import Dispatch
import GRDB
import Synchronization

/// Checks the pages of a database with `PRAGMA quick_check`, which reads every page and every cell but does not compare indices with their
/// tables. It uses its own read-only connection, so that it can run in the background.
final class PageCheck: Sendable {
    private struct State {
        var isOver = false
        var problem: String?
        var whenDamaged: (@Sendable (String) -> Void)?
    }

    private let connection: DatabaseQueue
    private let state = Mutex(State())
    private let over = DispatchSemaphore(value: 0)

    /// Starts the check. Nil if there is nothing to check yet, or if the file cannot even be opened for reading: opening it for use then
    /// reports why.
    init?(path: String) {
        guard let size = try? FileSystem.size(of: path), size > 0 else { return nil }
        var settings = Configuration()
        settings.label = "catalog check"
        settings.readonly = true
        settings.busyMode = .timeout(10)
        guard let connection = try? DatabaseQueue(path: path, configuration: settings) else { return nil }
        self.connection = connection
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            finish(with: PageCheck.problem(connection))
        }
    }

    /// Waits for the result, but no longer than `patience`.
    /// - Returns: the first problem; nil if there is none or none was found so far.
    func wait(_ patience: Duration) -> String? {
        let (seconds, attoseconds) = patience.components
        _ = over.wait(timeout: .now() + Double(seconds) + Double(attoseconds) * 1e-18)
        return state.withLock(\.problem)
    }

    /// Sets what to do if the check, which continues, finds a problem.
    func whenDamaged(_ act: @escaping @Sendable (String) -> Void) {
        let problem = state.withLock { state in
            if state.problem == nil { state.whenDamaged = act }
            return state.problem
        }
        if let problem { act(problem) }
    }

    /// Ends the check without a result if it has not completed.
    func stop() {
        state.withLock { $0.whenDamaged = nil }
        if !state.withLock(\.isOver) { connection.interrupt() }
    }

    private func finish(with problem: String?) {
        let act = state.withLock { state in
            state.isOver = true
            state.problem = problem
            return state.whenDamaged
        }
        try? connection.close()
        if let problem { act?(problem) }
        over.signal()
    }

    private static func problem(_ connection: DatabaseQueue) -> String? {
        do {
            let lines = try connection.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
            return lines.first { $0 != "ok" }
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return error.message ?? "\(error.resultCode)"
        } catch {
            // Stopped, or the disk does not respond: no statement about the pages.
            return nil
        }
    }
}
