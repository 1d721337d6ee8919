import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The exit of one child: reaped once, and no signal is sent afterward, when the process id may belong to another process.
final class Ending: Sendable {
    let id: pid_t
    private let state = Mutex<Int32?>(nil)

    init(_ id: pid_t) { self.id = id }

    /// Nil while the child runs; the exit code, or the negative number of the signal.
    var status: Int32? { state.withLock { $0 } }

    /// Waits for the child and reaps it. Called once, on its own thread.
    func collect() {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        state.withLock { status in
            var raw: Int32 = 0
            while unsafe waitpid(id, &raw, 0) < 0 && errno == EINTR {}
            status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : -(raw & 0x7F)
        }
    }

    func send(_ signal: Int32, toGroup: Bool) {
        state.withLock { status in
            if status == nil { _ = kill(toGroup ? -id : id, signal) }
        }
    }
}
