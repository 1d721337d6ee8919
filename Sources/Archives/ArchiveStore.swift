public import Canonical

/// A folder of archives by address: `ab/abcdef….npz`.
///
/// Every file here is complete. Identical archives are stored once.
public struct ArchiveStore: Sendable {
    /// The folder of the store.
    public let root: String

    /// Opens a store, creating the folder if necessary.
    /// - Errors: `ArchiveError` if the folder cannot be created.
    public init(root: String) throws(ArchiveError) {
        self.root = root
        do {
            try FileSystem.makeFolder(root)
        } catch {
            throw ArchiveError(file: root, .file(error))
        }
    }

    /// The path of an archive relative to the store, whether or not it exists.
    public func path(for digest: Digest) -> String {
        let hex = digest.hex
        return "\(hex.prefix(2))/\(hex).npz"
    }

    /// The same including the folder of the store.
    public func file(for digest: Digest) -> String { "\(root)/\(path(for: digest))" }

    /// Whether the store has a file for this address; does not verify it.
    public func contains(_ digest: Digest) -> Bool { FileSystem.exists(file(for: digest)) }

    /// Stores an archive and reads it back, so success means that the data on disk are correct. An existing file is verified
    /// and replaced only if it is damaged.
    /// - Errors: `ArchiveError` with the system's reason; nothing has changed. `.mismatch` or a format error if the disk returns
    ///   other bytes than were written.
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
            // The directory entry of a new folder must survive too, whoever created it.
            try FileSystem.synchronizeFolder(root)
        } catch {
            throw ArchiveError(file: path, .file(error))
        }
        return try archive.writeVerified(to: path, threads: threads)
    }

    /// Reads an archive and verifies its digest.
    /// - Errors: `ArchiveError`: missing, damaged, or a different archive under this name.
    public func read(_ digest: Digest, threads: Int = 1) throws(ArchiveError) -> Archive {
        let path = file(for: digest)
        let archive = try Archive.read(path, threads: threads)
        guard archive.digest == digest else {
            throw ArchiveError(
                file: path, .mismatch("the archive's digest", expected: digest.hex, actual: archive.digest.hex))
        }
        return archive
    }

    /// Removes an archive. Does nothing if it does not exist.
    public func remove(_ digest: Digest) throws(ArchiveError) {
        do {
            try FileSystem.remove(file(for: digest))
        } catch {
            throw ArchiveError(file: file(for: digest), .file(error))
        }
    }

    /// The addresses of all archives, sorted. Other files are ignored.
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

    /// Removes temporary files of killed writers. Only while no other process writes to the store.
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
