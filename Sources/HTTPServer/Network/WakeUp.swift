import CEpoll
import Glibc

/// Ends the wait of a poller from another thread (Linux eventfd).
final class WakeUp: Sendable {
    let descriptor: Int32

    /// Nil when the system has no descriptors left.
    init?() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Watched for edges, the descriptor need never be read: each signal is an edge.
    func signal() {
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }
}
