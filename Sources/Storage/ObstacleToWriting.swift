import Archives
import Canonical
import Catalog
import Datasets
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Errors of a disk that takes nothing more, whichever room they come from: full, over its quota, mounted read-only, or closed to this user.
/// What was stored stays, and the same work succeeds once there is room.
public enum ObstacleToWriting {
    public static func isOne(_ error: any Error) -> Bool {
        switch error {
        case let error as FileError: error.isDiskFull || error.isReadOnly
        case let error as ArchiveError:
            if case .file(let cause) = error.problem { isOne(cause) } else { false }
        case CatalogError.diskFull, CatalogError.readOnly, DatasetError.unwritable: true
        default: false
        }
    }

    /// Whether work stands still for the machine's fault: such a disk, or files of the storage that this user may not use. Nothing is wrong with the run
    /// then, and the same work succeeds once that is mended.
    public static func isMachines(_ error: any Error) -> Bool {
        switch error {
        case let error as FileError: isOne(error) || error.isDenied
        case let error as ArchiveError:
            if case .file(let cause) = error.problem { isMachines(cause) } else { false }
        default: isOne(error)
        }
    }
}

extension FileError {
    /// Whether the rights of the file, its folder or the disk do not allow it.
    var isDenied: Bool { code == EACCES || code == EPERM }
}
