import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Files that are there whole or not at all, whatever fails and whenever.
public enum AtomicFile {
    private static let counter = Atomic<Int>(0)
    private static let suffix = ".partial"

    /// Writes `bytes` to `path` so that every reader, also after a loss of power, finds the old content or the new.
    ///
    /// The bytes go to a temporary name in the same folder, to the disk, under their name, and the name to the disk.
    /// - Errors: `FileError`. Then the old content is in place and the temporary file is gone. One exception: if only
    ///   the last step fails, the new content is in place and may be lost together with the power.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(FileError) {
        try write([bytes], to: path, mode: mode)
    }

    /// The same for content in pieces, which are written one after the other.
    public static func write(_ pieces: [[UInt8]], to path: String, mode: UInt32 = 0o644) throws(FileError) {
        let folder = FileSystem.folder(of: path)
        let temporary = try writeTemporary(pieces, beside: path, mode: mode)
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            unsafe unlink(temporary)
            throw FileError("rename to", path, code: code)
        }
        try FileSystem.synchroniseFolder(folder)
    }

    /// Removes what writers left in `folder` when they were killed. Only for a folder that nobody is writing to.
    public static func removeLeftovers(in folder: String) throws(FileError) {
        for name in try FileSystem.names(in: folder) where name.hasPrefix(".") && name.hasSuffix(suffix) {
            try FileSystem.remove("\(folder)/\(name)")
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
                // An earlier process of the same number left it: take the next name.
                continue
            }
        }
    }

    private static func fill(_ file: borrowing FileDescriptor, with pieces: [[UInt8]]) throws(FileError) {
        do {
            for piece in pieces { try file.write(piece) }
            try file.synchronise()
        } catch {
            unsafe unlink(file.path)
            throw error
        }
    }

    private static func temporaryName(for path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(FileSystem.folder(of: path))/.\(name).\(getpid())-\(number)\(suffix)"
    }
}
