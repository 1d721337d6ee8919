import Canonical
import struct Foundation.UUID
import func Foundation.NSTemporaryDirectory

/// A copy of a database and its log in a temporary folder, deleted with its last reference.
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

    /// A database with these bytes. - Errors: `FileError`
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
