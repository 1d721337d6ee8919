import Canonical
import GRDB

extension CatalogError {
    /// Below this much free space, a failed write is attributed to a full disk.
    private static let noRoom: Int64 = 1 << 20

    /// Classifies SQLite's error by its remedy. When the disk is full, SQLite reports "database or disk is full" for a failed write, but "disk I/O
    /// error" or "unable to open database file" for a file that it cannot create, extend, or synchronize: then the free space decides.
    init(_ error: DatabaseError, path: String) {
        let problem = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path: path, problem: problem)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path, problem: problem)
        case .SQLITE_CANTOPEN, .SQLITE_IOERR:
            let free = FileSystem.freeBytes(at: FileSystem.folder(of: path)) ?? .max
            self = free < CatalogError.noRoom ? .diskFull(path: path) : .unusable(path: path, problem: problem)
        default: self = .unusable(path: path, problem: problem)
        }
    }
}
