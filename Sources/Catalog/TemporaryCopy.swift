import Canonical
import struct Foundation.UUID
import func Foundation.NSTemporaryDirectory

/// A database and its log in a folder of its own among the temporary files, removed with the last who holds it.
final class TemporaryCopy: Sendable {
    private static let suffixes = ["", "-wal", "-shm"]

    private let folder: String
    var path: String { folder + "/catalog.sqlite" }

    /// - Errors: `FileError`
    init(of database: String) throws(FileError) {
        folder = NSTemporaryDirectory() + "/fidelio-catalog-\(UUID().uuidString)"
        try FileSystem.makeFolder(folder, mode: 0o700)
        for suffix in ["", "-wal"] where FileSystem.exists(database + suffix) { try FileSystem.copy(database + suffix, to: path + suffix) }
    }

    /// A database of these bytes. - Errors: `FileError`
    init(bytes: [UInt8]) throws(FileError) {
        folder = NSTemporaryDirectory() + "/fidelio-catalog-\(UUID().uuidString)"
        try FileSystem.makeFolder(folder, mode: 0o700)
        try AtomicFile.write(bytes, to: path)
    }

    deinit {
        for suffix in TemporaryCopy.suffixes { try? FileSystem.remove(path + suffix) }
        try? FileSystem.removeEmptyFolder(folder)
    }
}
