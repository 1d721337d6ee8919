#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension FileSystem {
    /// All bytes of an input named by a user: a file, a pipe, a terminal, `/dev/stdin`. Waits until a pipe's writer closes it.
    /// - Errors: `FileError`; also for a folder, and if there are more than `limit` bytes.
    public static func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try readInput(FileDescriptor(path, O_RDONLY), limit: limit, stop: nil)
    }

    /// The same from an open descriptor, which stays open.
    /// - Parameters:
    ///   - name: its name in messages: "standard input".
    ///   - stop: reading also ends after this byte; data after it in the same read are discarded.
    public static func readInput(descriptor: Int32, name: String, limit: Int, upTo stop: UInt8? = nil) throws(FileError) -> [UInt8] {
        try readInput(FileDescriptor(duplicating: descriptor, name: name), limit: limit, stop: stop)
    }

    private static func readInput(_ file: consuming FileDescriptor, limit: Int, stop: UInt8?) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(1 << 16, limit + 1))
        while true {
            let count: Int
            do {
                count = try file.read(into: &piece, from: 0)
            } catch where error.code == EAGAIN {
                file.awaitInput()
                continue
            }
            if count == 0 { return bytes }
            if let stop, let end = piece[..<count].firstIndex(of: stop), bytes.count + end <= limit { return bytes + piece[..<end] }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw FileError("read", file.path, reason: "it exceeds the limit of \(limit) bytes") }
        }
    }
}
