#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The few things that rooms do with files, with the system's reason in every error. Paths may hold any bytes (see `SystemPath`).
public enum FileSystem {
    /// All bytes of a regular file.
    /// - Errors: `FileError`; also when the file is larger than `limit` bytes or no regular file.
    public static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        // A named pipe would otherwise wait for its writer.
        let file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, reason: "it is not a file") }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw FileError("read", path, reason: "it has \(size) bytes, more than the \(limit) allowed")
        }
        var bytes = [UInt8](repeating: 0, count: size)
        var length = 0
        while length < size {
            let count = try file.read(into: &bytes, from: length)
            if count == 0 { break }
            length += count
        }
        bytes.removeLast(size - length)
        return bytes
    }

    public static func exists(_ path: String) -> Bool { unsafe SystemPath.with(path) { unsafe access($0, F_OK) } == 0 }

    /// The size of a file in bytes.
    public static func size(of path: String) throws(FileError) -> Int {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { throw FileError("look at", path, code: errno) }
        return Int(status.st_size)
    }

    /// Makes a folder and those above it. Nothing happens where it is there already.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
        if unsafe SystemPath.with(path, { unsafe mkdir($0, mode_t(mode)) }) == 0 { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode)
            if unsafe SystemPath.with(path, { unsafe mkdir($0, mode_t(mode)) }) == 0 { return }
        }
        let code = errno
        guard code == EEXIST, isFolder(path) else { throw FileError("make the folder", path, code: code) }
    }

    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe SystemPath.with(path) { unsafe stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, without "." and "..". Names that are no UTF-8 are told as `SystemPath` writes them.
    public static func names(in folder: String) throws(FileError) -> [String] {
        guard let stream = unsafe SystemPath.with(folder, { unsafe opendir($0) }) else { throw FileError("list", folder, code: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe SystemPath.text(bytes.prefix { $0 != 0 })
            }
            if name != "." && name != ".." { names.append(name) }
        }
        // Names that Unicode takes for the same are in the order of their bytes, so that the order is one wherever the folder lies.
        return names.sorted { $0 == $1 ? $0.utf8.lexicographicallyPrecedes($1.utf8) : $0 < $1 }
    }

    /// Removes a file. Nothing happens where there is none.
    public static func remove(_ path: String) throws(FileError) {
        guard unsafe SystemPath.with(path, { unsafe unlink($0) }) == 0 || errno == ENOENT else { throw FileError("remove", path, code: errno) }
    }

    /// Waits until the disk has the folder's names: after this a renamed file survives a loss of power.
    public static func synchroniseFolder(_ path: String) throws(FileError) {
        try FileDescriptor(path, O_RDONLY | O_DIRECTORY).synchronise()
    }

    /// The folder part of a path, "." where there is none.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
