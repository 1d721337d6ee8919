internal import Canonical
internal import Events
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Appends events to a file, one line per write, so readers see complete lines except for the last one of a killed writer.
final class EventLog {
    private let descriptor: Int32
    private let path: String
    /// The events that earlier workers wrote; invalid lines are skipped.
    let earlier: [RunEvent]

    /// Opens or creates the log, truncates an incomplete last line, and starts this worker's part.
    /// - Errors: `FileError`
    init(path: String) throws(FileError) {
        self.path = path
        var whole: [RunEvent] = []
        var keep = 0
        let isNew = !FileSystem.exists(path)
        if !isNew {
            let bytes = try FileSystem.read(path)
            if let end = bytes.lastIndex(of: UInt8(ascii: "\n")) { keep = end + 1 }
            for line in bytes[..<keep].split(separator: UInt8(ascii: "\n")) {
                if let event = try? RunEvent(line: Array(line)) { whole.append(event) }
            }
        }
        earlier = whole
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError.last(path, "open") }
        guard ftruncate(descriptor, keep) == 0 else { throw FileError.last(path, "truncate an incomplete line") }
        if isNew { try FileSystem.synchronizeFolder(FileSystem.folder(of: path)) }
        try append(.log(version: RunEvent.version))
    }

    deinit { close(descriptor) }

    /// Waits until all lines are on disk; a resumed run finds checkpoints through them.
    func synchronize() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError.last(path, "synchronize") }
    }

    /// Appends one line.
    /// - Errors: `FileError`, such as for a full disk; an incomplete line may remain, which the next writer truncates
    func append(_ kind: RunEvent.Kind) throws(FileError) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let line = RunEvent(time: Double(now.tv_sec) + Double(now.tv_nsec / 1_000_000) / 1000, kind: kind).line
        var done = 0
        while done < line.count {
            let written = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileError.last(path, "append to") }
            done += written
        }
    }
}
