import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that at most one process at a time holds, until it lets go or dies (flock).
public final class FileLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Unlocked by word: a child that is just being started may hold a copy of the descriptor for a moment.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock, or gives nil when another process holds it.
    /// - Parameter patience: for how long to try again; a probe by `holder` may be in the way for a moment.
    /// - Errors: `StorageError` when the file cannot be opened.
    public static func acquire(_ path: String, patience: Duration = .milliseconds(300)) throws -> FileLock? {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.cannotOpen(path: path, problem: lastSystemError()) }
        let end = ContinuousClock.now + patience
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < end else {
                close(descriptor)
                return nil
            }
            usleep(10_000)
        }
        // Only a help for messages: what counts is the lock.
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = unsafe text.withCString { unsafe pwrite(descriptor, $0, text.utf8.count, 0) }
        return FileLock(descriptor: descriptor)
    }

    /// Whether some process holds the lock.
    public static func isHeld(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(descriptor, LOCK_UN)
        return false
    }

    /// The process that holds the lock, if it took it by `acquire`; 0 for one that is not known, nil when nobody holds it.
    public static func holder(of path: String) -> Int32? {
        guard isHeld(path) else { return nil }
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return Int32(text.filter(\.isNumber)) ?? 0
    }
}

/// What the operating system says of the last call that failed.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
