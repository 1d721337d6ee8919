import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Atomic file replacement: a file is complete or absent, whatever fails.
public enum AtomicFile {
    private static let counter = Atomic<Int>(0)
    private static let suffix = ".partial"

    /// Writes `bytes` to `path` so that every reader, even after power loss, finds either the old or the new content.
    ///
    /// The bytes are written to a temporary file in the same folder and synchronized; the file is renamed, and the folder synchronized.
    /// - Errors: `FileError`; the old content is kept and the temporary file removed. Exception: if only the last step
    ///   fails, the new content is in place but may be lost on power loss.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(FileError) {
        try write([bytes], to: path, mode: mode)
    }

    /// The same for content in pieces, which are written in order.
    public static func write(_ pieces: [[UInt8]], to path: String, mode: UInt32 = 0o644) throws(FileError) {
        let temporary = try writeTemporary(pieces, beside: path, mode: mode)
        do {
            try FileSystem.rename(temporary, to: path)
        } catch {
            // If only the folder was not synchronized, the file already has its name, and there is nothing to remove.
            try? FileSystem.remove(temporary)
            throw error
        }
    }

    /// Removes temporary files of killed writers from `folder`; those of this process are kept. Only for folders that no other process is writing to.
    /// - Parameter file: only those of the file of this name, where others are being written
    public static func removeLeftovers(in folder: String, of file: String? = nil) throws(FileError) {
        let beginning = file.map { ".\($0)." } ?? "."
        for name in try FileSystem.names(in: folder) where name.hasPrefix(beginning) && name.hasSuffix(suffix) {
            let writer = name.dropLast(suffix.count).split(separator: ".").last ?? ""
            if !writer.hasPrefix("\(getpid())-") { try FileSystem.remove("\(folder)/\(name)") }
        }
    }

    private static func writeTemporary(
        _ pieces: [[UInt8]], beside path: String, mode: UInt32
    ) throws(FileError) -> String {
        while true {
            let temporary = temporaryName(for: path)
            do {
                let file = try FileDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
                try fill(file, with: pieces)
                return temporary
            } catch where error.code == EEXIST && error.operation == "open" {
                // Left by an earlier process with the same process ID: try the next name.
                continue
            }
        }
    }

    private static func fill(_ file: borrowing FileDescriptor, with pieces: [[UInt8]]) throws(FileError) {
        do {
            for piece in pieces { try file.write(piece) }
            try file.synchronize()
        } catch {
            // The error that led here is reported.
            try? FileSystem.remove(file.path)
            throw error
        }
    }

    private static func temporaryName(for path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(FileSystem.folder(of: path))/.\(name).\(getpid())-\(number)\(suffix)"
    }
}
