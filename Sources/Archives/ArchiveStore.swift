public import Canonical

/// A folder of archives, each under its address: `ab/abcdef….npz`.
///
/// A file that has a name here was written whole. The same archive is stored once.
public struct ArchiveStore: Sendable {
    public let root: String

    /// - Errors: `ArchiveError` where the folder cannot be made.
    public init(root: String) throws(ArchiveError) {
        self.root = root
        do {
            try FileSystem.makeFolder(root)
        } catch {
            throw ArchiveError(file: root, .file(error))
        }
    }

    /// The path of an archive within the store, there or not.
    public func path(for digest: Digest) -> String {
        let hex = digest.hex
        return "\(hex.prefix(2))/\(hex).npz"
    }

    /// The same with the store's own folder before it.
    public func file(for digest: Digest) -> String { "\(root)/\(path(for: digest))" }

    public func contains(_ digest: Digest) -> Bool { FileSystem.exists(file(for: digest)) }

    /// Stores an archive, and reads it back: what is told of an archive holds for what the disk gives. A file that is there already is read
    /// and checked, and replaced only if it is damaged.
    /// - Errors: `ArchiveError` with the system's reason; then nothing has changed. `.mismatch` or what the format says where the disk gives
    ///   back other bytes than were written.
    @discardableResult
    public func put(_ archive: Archive, threads: Int = 1) throws(ArchiveError) -> ArchiveFile {
        let path = file(for: archive.digest)
        if contains(archive.digest), (try? read(archive.digest, threads: threads)) != nil {
            do {
                return ArchiveFile(path: path, digest: archive.digest, bytes: try FileSystem.size(of: path))
            } catch {
                throw ArchiveError(file: path, .file(error))
            }
        }
        do {
            let folder = FileSystem.folder(of: path)
            try FileSystem.makeFolder(folder)
            // The new folder's own name must survive too, whoever made it.
            try FileSystem.synchroniseFolder(root)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        return try archive.writeVerified(to: path, threads: threads)
    }

    /// Reads an archive and checks that it is the one asked for.
    /// - Errors: `ArchiveError`: missing, damaged, or another archive under this name.
    public func read(_ digest: Digest, threads: Int = 1) throws(ArchiveError) -> Archive {
        let path = file(for: digest)
        let archive = try Archive.read(path, threads: threads)
        guard archive.digest == digest else {
            throw ArchiveError(
                file: path, .mismatch("the archive's digest", expected: digest.hex, actual: archive.digest.hex))
        }
        return archive
    }

    /// Removes an archive. Nothing happens where there is none.
    public func remove(_ digest: Digest) throws(ArchiveError) {
        do {
            try FileSystem.remove(file(for: digest))
        } catch {
            throw ArchiveError(file: file(for: digest), .file(error))
        }
    }

    /// The addresses of all archives, sorted. Other files are passed over.
    public func digests() throws(ArchiveError) -> [Digest] {
        do {
            var digests: [Digest] = []
            for folder in try FileSystem.names(in: root) where FileSystem.isFolder("\(root)/\(folder)") {
                for name in try FileSystem.names(in: "\(root)/\(folder)") where name.hasSuffix(".npz") {
                    guard let digest = try? Digest(hex: String(name.dropLast(4))) else { continue }
                    if path(for: digest) == "\(folder)/\(name)" { digests.append(digest) }
                }
            }
            return digests
        } catch {
            throw ArchiveError(file: root, .file(error))
        }
    }

    /// Removes what killed writers left. Only while nobody writes to the store.
    public func removeLeftovers() throws(ArchiveError) {
        do {
            for folder in try FileSystem.names(in: root) where FileSystem.isFolder("\(root)/\(folder)") {
                try AtomicFile.removeLeftovers(in: "\(root)/\(folder)")
            }
        } catch {
            throw ArchiveError(file: root, .file(error))
        }
    }
}
