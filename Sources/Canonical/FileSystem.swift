#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// File operations, with the system's reason in every error. Paths may contain any bytes (see `SystemPath`).
public enum FileSystem {
    /// All bytes of a regular file.
    /// - Errors: `FileError`; also if the file is larger than `limit` bytes or not a regular file.
    public static func read(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
        // Otherwise opening a named pipe would wait for its writer.
        let file = try FileDescriptor(path, O_RDONLY | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError("read", path, reason: "it is not a regular file") }
        let size = Int(status.st_size)
        guard size <= limit else {
            throw FileError("read", path, reason: "its size of \(size) bytes exceeds the limit of \(limit)")
        }
        // The end is where nothing more is read: files of /proc have a size of 0, and others may have grown.
        var bytes = [UInt8](repeating: 0, count: size + 1)
        var length = 0
        while true {
            let count = try file.read(into: &bytes, from: length)
            if count == 0 { break }
            length += count
            guard length <= limit else { throw FileError("read", path, reason: "it has more than \(limit) bytes") }
            if length == bytes.count { bytes += repeatElement(0, count: max(4096, length)) }
        }
        bytes.removeLast(bytes.count - length)
        return bytes
    }

    /// Whether a file or folder exists at the path.
    public static func exists(_ path: String) -> Bool { unsafe SystemPath.with(path) { unsafe access($0, F_OK) } == 0 }

    /// The size of a file in bytes.
    public static func size(of path: String) throws(FileError) -> Int {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { throw FileError("inspect", path, code: errno) }
        return Int(status.st_size)
    }

    /// Creates a folder and its parents, and synchronizes the new directory entries: files in a new folder are lost if its
    /// directory entry is. Does nothing if the folder exists.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
        if unsafe SystemPath.with(path, { unsafe mkdir($0, mode_t(mode)) }) == 0 { return try synchronizeFolder(folder(of: path)) }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode)
            if unsafe SystemPath.with(path, { unsafe mkdir($0, mode_t(mode)) }) == 0 { return try synchronizeFolder(folder(of: path)) }
        }
        let code = errno
        guard code == EEXIST else { throw FileError("create the folder", path, code: code) }
        guard isFolder(path) else { throw FileError("create the folder", path, reason: "a file of this name exists") }
    }

    /// Whether the path is a folder, following links.
    public static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe SystemPath.with(path) { unsafe stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, without "." and "..". Names that are not UTF-8 are encoded as described in `SystemPath`.
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
        // Canonically equivalent Unicode names are ordered by their bytes, so the order is the same on every file system.
        return names.sorted { $0 == $1 ? $0.utf8.lexicographicallyPrecedes($1.utf8) : $0 < $1 }
    }

    /// Removes a file. Does nothing if it does not exist.
    public static func remove(_ path: String) throws(FileError) {
        guard unsafe SystemPath.with(path, { unsafe unlink($0) }) == 0 || errno == ENOENT else { throw FileError("remove", path, code: errno) }
    }

    /// Removes an empty folder. Does nothing if it does not exist.
    public static func removeEmptyFolder(_ path: String) throws(FileError) {
        guard unsafe SystemPath.with(path, { unsafe rmdir($0) }) == 0 || errno == ENOENT else { throw FileError("remove the folder", path, code: errno) }
    }

    /// Removes a file durably: it does not reappear after power loss. Does nothing if it does not exist.
    public static func removeForGood(_ path: String) throws(FileError) {
        guard exists(path) else { return }
        try remove(path)
        try synchronizeFolder(folder(of: path))
    }

    /// Renames a file or folder durably. Replaces an existing file; replaces an existing folder only if it is empty.
    /// - Precondition: the content is on disk (`synchronize`); otherwise the name may survive a power loss without it.
    public static func rename(_ old: String, to new: String) throws(FileError) {
        guard systemRename(old, new) == 0 else { throw FileError("rename to", new, code: errno) }
        try synchronizeFolder(folder(of: new))
    }

    /// Synchronizes the content of a file to disk.
    public static func synchronize(_ path: String) throws(FileError) {
        try FileDescriptor(path, O_RDONLY).synchronize()
    }

    /// Asks the system to drop its cached pages of a file, so that the next read comes from disk. A hint: it may have
    /// no effect.
    public static func forget(_ path: String) {
        #if canImport(Glibc)
            try? FileDescriptor(path, O_RDONLY).forget()
        #endif
    }

    /// Copies a file to a new path with a fixed-size buffer and synchronizes the copy.
    /// - Returns: the number of bytes.
    /// - Errors: `FileError`; the partial copy is removed. `EEXIST` if the path exists.
    @discardableResult
    public static func copy(_ source: String, to target: String, mode: UInt32 = 0o600) throws(FileError) -> Int {
        let input = try FileDescriptor(source, O_RDONLY)
        let output = try FileDescriptor(target, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        do {
            var bytes = [UInt8](repeating: 0, count: 1 << 18)
            var copied = 0
            while true {
                let count = try input.read(into: &bytes, from: 0)
                if count == 0 { break }
                try output.write(Array(bytes[..<count]))
                copied += count
            }
            try output.synchronize()
            return copied
        } catch {
            _ = unsafe SystemPath.with(target) { unsafe unlink($0) }
            throw error
        }
    }

    /// Free bytes available to an ordinary user on the disk of a path; nil if unknown.
    public static func freeBytes(at path: String) -> Int64? {
        var status = statvfs()
        guard unsafe SystemPath.with(path, { unsafe statvfs($0, &status) }) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    /// Identifies a file or folder on this machine, independent of the path.
    public struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    /// The identity of the file or folder at a path, following links; nil if it does not exist.
    public static func identity(of path: String) -> Identity? {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Changes whenever the content of a file does: identity, size, and modification times in nanoseconds.
    public struct Version: Hashable, Sendable {
        /// Size in bytes.
        public let size: Int64
        let identity: Identity
        let times: [Int64]
    }

    /// The version of the file at a path; nil if it does not exist.
    public static func version(of path: String) -> Version? {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { return nil }
        #if canImport(Glibc)
            let times = [status.st_mtim, status.st_ctim]
        #else
            let times = [status.st_mtimespec, status.st_ctimespec]
        #endif
        return Version(
            size: Int64(status.st_size), identity: Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            times: times.flatMap { [Int64($0.tv_sec), Int64($0.tv_nsec)] })
    }

    /// Synchronizes the entries of a folder: afterwards a renamed file survives power loss.
    public static func synchronizeFolder(_ path: String) throws(FileError) {
        try FileDescriptor(path, O_RDONLY | O_DIRECTORY).synchronize()
    }

    /// The directory part of a path; "." if there is none.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

// The method above shadows the system function of the same name.
private func systemRename(_ old: String, _ new: String) -> Int32 {
    unsafe SystemPath.with(old) { old in unsafe SystemPath.with(new) { unsafe rename(old, $0) } }
}
