#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Streaming reader of a regular file.
public final class FileReader: Sendable {
    private let file: FileDescriptor
    /// Size in bytes when the file was opened.
    public let size: Int

    /// Opens a file.
    /// - Errors: `FileError`; also if it is not a regular file.
    public init(_ path: String) throws(FileError) {
        // Otherwise opening a named pipe would wait for its writer.
        file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, reason: "it is not a regular file") }
        size = Int(status.st_size)
    }

    /// The path of the file.
    public var path: String { file.path }

    /// Reads `count` bytes from an offset, or fewer at the end of the file.
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

extension Digest {
    /// The digest of a file's content, read in pieces.
    /// - Errors: `FileError`.
    public init(ofFile path: String) throws(FileError) {
        let file = try FileReader(path)
        var builder = Builder()
        var offset = 0
        while true {
            let piece = try file.read(at: offset, count: 1 << 20)
            if piece.isEmpty { break }
            builder.update(piece)
            offset += piece.count
        }
        self = builder.finish()
    }
}

/// Streaming writer of a new file. The file is complete and on disk after `finish`.
public final class FileWriter {
    private let file: FileDescriptor
    /// Number of bytes written so far.
    public private(set) var size = 0

    /// Creates the file.
    /// - Errors: `FileError`; also if a file of this name exists.
    public init(_ path: String, mode: UInt32 = 0o644) throws(FileError) {
        file = try FileDescriptor(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    }

    /// Appends bytes.
    /// - Errors: `FileError`.
    public func append(_ bytes: [UInt8]) throws(FileError) {
        try file.write(bytes)
        size += bytes.count
    }

    /// Synchronizes everything to disk.
    public func finish() throws(FileError) { try file.synchronize() }
}

extension FileSystem {
    /// What exists at a path, following links.
    public enum Kind: Sendable, Equatable {
        case file, folder
        /// A pipe, terminal, or device, which can be read only once and only from the start.
        case stream
        case missing
    }

    /// The kind of the file at a path.
    public static func kind(of path: String) -> Kind {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { return .missing }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .stream
        }
    }

    /// Copies a pipe or device to its end into a new file.
    /// - Errors: `FileError`; also if there are more than `limit` bytes, and if the writer is idle for too long.
    public static func copyStream(_ path: String, to writer: FileWriter, limit: Int) throws(FileError) {
        let source = try FileDescriptor(path, O_RDONLY)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while case let count = try source.read(into: &buffer, from: 0), count > 0 {
            guard writer.size + count <= limit else { throw FileError("read", path, reason: "it exceeds the limit of \(limit) bytes") }
            try writer.append(Array(buffer[..<count]))
        }
    }
}
