import Canonical
import GRDB

extension CatalogError {
    /// Less room than this, and a failed write is put down to a full disk.
    private static let noRoom: Int64 = 1 << 20

    /// What SQLite reports, as what is to be done about it. SQLite calls a write without room "database or disk is full", but a file that it
    /// cannot make, lengthen or synchronise there "disk I/O error" or "unable to open database file": then the room that is left decides.
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
