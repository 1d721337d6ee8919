#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// An open file that closes itself.
struct FileDescriptor: ~Copyable, Sendable {
    let path: String
    private let number: Int32

    init(_ path: String, _ flags: Int32, mode: UInt32 = 0o644) throws(FileError) {
        var number: Int32
        repeat { number = unsafe SystemPath.with(path) { unsafe open($0, flags | O_CLOEXEC, mode_t(mode)) } } while number < 0 && errno == EINTR
        guard number >= 0 else { throw FileError("open", path, code: errno) }
        self.path = path
        self.number = number
    }

    /// A duplicate of an open descriptor, such as 0 for standard input. Closing the duplicate leaves the original open.
    init(duplicating other: Int32, name: String) throws(FileError) {
        let number = fcntl(other, F_DUPFD_CLOEXEC, 3)
        guard number >= 0 else { throw FileError("read", name, code: errno) }
        path = name
        self.number = number
    }

    deinit { close(number) }

    func write(_ bytes: [UInt8]) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { memory in
                unsafe systemWrite(number, memory.baseAddress! + written, memory.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("write", path, code: errno) }
            written += count
        }
    }

    /// Reads into `bytes` from the current position, up to the end of the file; returns the number of bytes read.
    func read(into bytes: inout [UInt8], from start: Int) throws(FileError) -> Int {
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { memory in
                unsafe systemRead(number, memory.baseAddress! + start, memory.count - start)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path, code: errno) }
            return count
        }
    }

    /// The same from a given offset.
    func read(into bytes: inout [UInt8], from start: Int, at offset: Int) throws(FileError) -> Int {
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { memory in
                unsafe pread(number, memory.baseAddress! + start, memory.count - start, off_t(offset))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path, code: errno) }
            return count
        }
    }

    /// Waits until data can be read or the end is reached.
    func awaitInput() {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&entry, 1, -1)
    }

    /// Synchronizes the file to disk.
    func synchronize() throws(FileError) {
        guard fsync(number) == 0 else { throw FileError("synchronize", path, code: errno) }
    }

    #if canImport(Glibc)
        func forget() { _ = posix_fadvise(number, 0, 0, POSIX_FADV_DONTNEED) }
    #endif

    /// Size and kind of the file.
    func status() throws(FileError) -> stat {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw FileError("inspect", path, code: errno) }
        return status
    }
}

// The methods above shadow the system functions of the same names.
private func systemWrite(_ file: Int32, _ memory: UnsafeRawPointer, _ count: Int) -> Int {
    unsafe write(file, memory, count)
}

private func systemRead(_ file: Int32, _ memory: UnsafeMutableRawPointer, _ count: Int) -> Int {
    unsafe read(file, memory, count)
}
