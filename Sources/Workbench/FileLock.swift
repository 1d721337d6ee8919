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

    deinit { close(descriptor) }

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
        return FileLock(descriptor: descriptor)
    }

    /// The process that holds the lock; nil when nobody does. Process id 0 stands for one that the system does not name.
    public static func holder(of path: String) -> Int32? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        return process(lockingFileOf: descriptor) ?? 0
    }

    /// Looks the file up in the system's list of locks: "1: FLOCK ADVISORY WRITE pid major:minor:inode start end".
    private static func process(lockingFileOf descriptor: Int32) -> Int32? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else {
            return nil
        }
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[3] == "WRITE", words[5].hasSuffix(":\(status.st_ino)") else { continue }
            return Int32(words[4])
        }
        return nil
    }
}

/// What the operating system says of the last call that failed.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
