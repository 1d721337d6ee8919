#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension FileSystem {
    /// All bytes of what a person names as input: a file, a pipe, a terminal, `/dev/stdin`. Waits for a pipe's writer, and for its end.
    /// - Errors: `FileError`; also for a folder, and as soon as more than `limit` bytes have come.
    public static func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try readInput(FileDescriptor(path, O_RDONLY), limit: limit, stop: nil)
    }

    /// The same from a descriptor that is open already; it stays open.
    /// - Parameters:
    ///   - name: what messages call it: "standard input".
    ///   - stop: reading ends behind this byte, too. What had come behind it in the same piece is lost.
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
            guard bytes.count <= limit else { throw FileError("read", file.path, reason: "it has more than the \(limit) bytes allowed") }
        }
    }
}
