#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An exclusive lock between processes (flock), held until it is released or the process ends: for the storage of a server, the folder of a run, or a
/// feature extractor in training.
public final class FileLock: Sendable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Unlocks explicitly: a child process being started may briefly hold a copy of the descriptor.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Acquires the lock, or returns nil if another process holds it.
    /// - Parameter patience: how long to retry, every ten milliseconds; a probe by `holder` may briefly hold the lock.
    /// - Errors: `FileError` if the file cannot be opened or locked.
    public static func acquire(_ path: String, patience: Duration = .milliseconds(300)) throws(FileError) -> FileLock? {
        let descriptor = try descriptor(of: path)
        var tries = Int(saturating: patience / .milliseconds(10))
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw failure(descriptor, path) }
            guard tries > 0 else {
                close(descriptor)
                return nil
            }
            tries -= 1
            usleep(10_000)
        }
        return held(descriptor)
    }

    /// Acquires the lock, waiting as long as necessary.
    /// - Errors: as above.
    public static func wait(for path: String) throws(FileError) -> FileLock {
        let descriptor = try descriptor(of: path)
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure(descriptor, path) }
        }
        return held(descriptor)
    }

    private static func descriptor(of path: String) throws(FileError) -> Int32 {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path, code: errno) }
        return descriptor
    }

    private static func failure(_ descriptor: Int32, _ path: String) -> FileError {
        let error = FileError("lock", path, code: errno)
        close(descriptor)
        return error
    }

    /// Records the holder's process ID, for messages only; the lock itself is authoritative.
    private static func held(_ descriptor: Int32) -> FileLock {
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = unsafe text.withCString { unsafe pwrite(descriptor, $0, text.utf8.count, 0) }
        return FileLock(descriptor: descriptor)
    }

    /// Whether any process holds the lock.
    public static func isHeld(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(descriptor, LOCK_UN)
        return false
    }

    /// The ID of the process that holds the lock; 0 if unknown, nil if nobody holds it.
    public static func holder(of path: String) -> Int32? {
        guard isHeld(path) else { return nil }
        let text = (try? FileSystem.read(path, limit: 64)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Int32(text.filter(\.isNumber), in: 1...Int32.max) ?? 0
    }
}
