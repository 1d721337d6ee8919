#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A regular file that is read part by part.
public final class FileReader: Sendable {
    private let file: FileDescriptor
    /// Bytes of the file when it was opened.
    public let size: Int

    /// - Errors: `FileError`; also for what is no regular file.
    public init(_ path: String) throws(FileError) {
        // A named pipe would otherwise wait for its writer.
        file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, reason: "it is not a file") }
        size = Int(status.st_size)
    }

    public var path: String { file.path }

    /// The bytes from an offset: `count` of them, or fewer where the file ends before.
    public func read(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
        guard offset >= 0, count > 0, offset < size else { return [] }
        var bytes = [UInt8](repeating: 0, count: min(count, size - offset)), length = 0
        while length < bytes.count {
            let more = try file.read(into: &bytes, from: length, at: offset + length)
            if more == 0 { break }
            length += more
        }
        bytes.removeLast(bytes.count - length)
        return bytes
    }
}

/// A new file that is written part by part. It is complete, and on the disk, after `finish`.
public final class FileWriter {
    private let file: FileDescriptor
    /// Bytes written so far.
    public private(set) var size = 0

    /// - Errors: `FileError`; also where a file of this name exists.
    public init(_ path: String, mode: UInt32 = 0o644) throws(FileError) {
        file = try FileDescriptor(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    }

    public func append(_ bytes: [UInt8]) throws(FileError) {
        try file.write(bytes)
        size += bytes.count
    }

    /// Waits until the disk has everything.
    public func finish() throws(FileError) { try file.synchronise() }
}

extension FileSystem {
    /// What there is under a path, links followed.
    public enum Kind: Sendable, Equatable {
        case file, folder
        /// A pipe, a terminal or a device, which can be read once and from the start only.
        case stream
        case missing
    }

    public static func kind(of path: String) -> Kind {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { return .missing }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .stream
        }
    }

    /// Copies a pipe or a device, to its end, into a new file.
    /// - Errors: `FileError`; also where it goes on after `limit` bytes, and where nothing comes for as long as the writer waits.
    public static func copyStream(_ path: String, to writer: FileWriter, limit: Int) throws(FileError) {
        let source = try FileDescriptor(path, O_RDONLY)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while case let count = try source.read(into: &buffer, from: 0), count > 0 {
            guard writer.size + count <= limit else { throw FileError("read", path, reason: "it has more than the \(limit) bytes allowed") }
            try writer.append(Array(buffer[..<count]))
        }
    }
}
