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

    /// Makes a folder and those above it, and waits until the disk has the new names: what is stored in a new folder is lost with the
    /// folder's name. Nothing happens where it is there already.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
        if unsafe SystemPath.with(path, { unsafe mkdir($0, mode_t(mode)) }) == 0 { return try synchroniseFolder(folder(of: path)) }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode)
            if unsafe SystemPath.with(path, { unsafe mkdir($0, mode_t(mode)) }) == 0 { return try synchroniseFolder(folder(of: path)) }
        }
        let code = errno
        guard code == EEXIST else { throw FileError("make the folder", path, code: code) }
        guard isFolder(path) else { throw FileError("make the folder", path, reason: "there is a file of this name") }
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

    /// Removes a folder with nothing in it. Nothing happens where there is none.
    public static func removeEmptyFolder(_ path: String) throws(FileError) {
        guard unsafe SystemPath.with(path, { unsafe rmdir($0) }) == 0 || errno == ENOENT else { throw FileError("remove the folder", path, code: errno) }
    }

    /// Removes a file so that it does not come back after a loss of power. Nothing happens where there is none.
    public static func removeForGood(_ path: String) throws(FileError) {
        guard exists(path) else { return }
        try remove(path)
        try synchroniseFolder(folder(of: path))
    }

    /// Gives a file or a folder another name, and waits until the disk has it. A file of that name is replaced, a folder only if it is empty.
    /// - Precondition: the file's bytes are on the disk (`synchronise`); a name may otherwise outlive them.
    public static func rename(_ old: String, to new: String) throws(FileError) {
        guard systemRename(old, new) == 0 else { throw FileError("rename to", new, code: errno) }
        try synchroniseFolder(folder(of: new))
    }

    /// Waits until the disk has a file's bytes.
    public static func synchronise(_ path: String) throws(FileError) {
        try FileDescriptor(path, O_RDONLY).synchronise()
    }

    /// Asks the system to forget what it keeps of a file in memory, so that the next reader gets what the disk gives. A courtesy: where the
    /// system does not, nothing happens.
    public static func forget(_ path: String) {
        #if canImport(Glibc)
            try? FileDescriptor(path, O_RDONLY).forget()
        #endif
    }

    /// Copies a file's bytes to a new name, through memory of a fixed size, and waits until the disk has them.
    /// - Returns: how many bytes.
    /// - Errors: `FileError`; the unfinished copy is then gone. `EEXIST` where the name is taken.
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
            try output.synchronise()
            return copied
        } catch {
            _ = unsafe SystemPath.with(target) { unsafe unlink($0) }
            throw error
        }
    }

    /// Bytes that an ordinary user may still write on the disk of a path; nil where that cannot be told.
    public static func freeBytes(at path: String) -> Int64? {
        var status = statvfs()
        guard unsafe SystemPath.with(path, { unsafe statvfs($0, &status) }) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    /// What tells one file or folder from every other on this machine, whatever path leads to it.
    public struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    /// The file or folder that a path leads to, links followed; nil where there is none.
    public static func identity(of path: String) -> Identity? {
        var status = stat()
        guard unsafe SystemPath.with(path, { unsafe stat($0, &status) }) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// What changes when a file's bytes do: its identity, size and times of change, in nanoseconds.
    public struct Version: Hashable, Sendable {
        public let size: Int64
        let identity: Identity
        let times: [Int64]
    }

    /// The version of the file that a path leads to; nil where there is none.
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

// The method above hides the system's function of the same name.
private func systemRename(_ old: String, _ new: String) -> Int32 {
    unsafe SystemPath.with(old) { old in unsafe SystemPath.with(new) { unsafe rename(old, $0) } }
}
