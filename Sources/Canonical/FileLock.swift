#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that at most one process at a time holds, until it lets go or dies (flock): the storage of a server, the folder of a run, an
/// encoder that is being trained.
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
    /// - Parameter patience: for how long to try again, in steps of ten milliseconds; a probe by `holder` may be in the way for a moment.
    /// - Errors: `FileError` when the file cannot be opened or locked.
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

    /// Takes the lock, however long another process holds it.
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

    /// Writes down who has it. Only a help for messages: what counts is the lock.
    private static func held(_ descriptor: Int32) -> FileLock {
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

    /// The process that holds the lock; 0 for one that is not known, nil when nobody holds it.
    public static func holder(of path: String) -> Int32? {
        guard isHeld(path) else { return nil }
        let text = (try? FileSystem.read(path, limit: 64)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return Int32(text.filter(\.isNumber), in: 1...Int32.max) ?? 0
    }
}
