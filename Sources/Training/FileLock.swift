internal import Canonical
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// An exclusive lock on a file, which the system gives back when the process ends, however it ends.
final class FileLock {
    private let descriptor: Int32

    /// Waits for the lock, or returns nil at once where `waiting` is false and another process has it. - Errors: `FileError`
    init?(path: String, waiting: Bool) throws(FileError) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.last(path, "open") }
        while flock(descriptor, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let isBusy = errno == EWOULDBLOCK
            let failure = FileError.last(path, "lock")
            close(descriptor)
            if isBusy { return nil }
            throw failure
        }
        self.descriptor = descriptor
    }

    /// Unlocked by word: a child that is just being started may hold a copy of the descriptor for a moment.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
