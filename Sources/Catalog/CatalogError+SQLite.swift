import Canonical
import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CatalogError {
    /// Below this much free space, a failed write is attributed to a full disk.
    private static let noRoom: Int64 = 1 << 20

    /// Classifies SQLite's error by its remedy. When the disk is full, SQLite reports "database or disk is full" for a failed write, but "disk I/O
    /// error" or "unable to open database file" for a file that it cannot create, extend, or synchronize: then the free space decides. "disk I/O error" is
    /// also what it reports of a disk that has become read-only under an open file, as the kernel makes one after an error: then a new file decides.
    init(_ error: DatabaseError, path: String) {
        let problem = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path)
        // Of a disk that does not respond, SQLite may read what is not there: that says nothing of the pages, and a catalog that is sound must not be replaced.
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = CatalogError.refusal(of: FileSystem.folder(of: path))?.code == EIO ? .deviceFailure(path: path, problem: problem) : .damaged(path: path, problem: problem)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path, problem: problem)
        case .SQLITE_CANTOPEN, .SQLITE_IOERR:
            let folder = FileSystem.folder(of: path)
            if FileSystem.freeBytes(at: folder) ?? .max < CatalogError.noRoom {
                self = .diskFull(path: path)
            } else if CatalogError.refusal(of: folder)?.isReadOnly == true {
                self = .readOnly(path: path, problem: problem)
            } else {
                self = error.resultCode == .SQLITE_IOERR ? .deviceFailure(path: path, problem: problem) : .unusable(path: path, problem: problem)
            }
        default: self = .unusable(path: path, problem: problem)
        }
    }

    /// Why the folder's disk does not take a new file: the flags of its mount need not say so. Nil if it does.
    private static func refusal(of folder: String) -> FileError? {
        let probe = folder + "/.probe"
        do throws(FileError) {
            try AtomicFile.write([] as [UInt8], to: probe)
            try FileSystem.remove(probe)
            return nil
        } catch {
            return error
        }
    }
}
