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

/// Errors of a disk that cannot be written, from any room: full, over quota, mounted read-only, or without permission.
/// What was stored remains, and the same work succeeds once the disk can be written.
public enum ObstacleToWriting {
    /// Whether the error means that the disk cannot be written.
    public static func isOne(_ error: any Error) -> Bool {
        switch error {
        case let error as FileError: error.isDiskFull || error.isReadOnly
        case let error as ArchiveError:
            if case .file(let cause) = error.problem { isOne(cause) } else { false }
        case CatalogError.diskFull, CatalogError.readOnly, DatasetError.unwritable: true
        default: false
        }
    }

    /// Whether the machine is at fault: such a disk, one that reports errors, or files of the storage that this user may not access. The run itself is then intact,
    /// and the same work succeeds once that is fixed.
    public static func isMachines(_ error: any Error) -> Bool {
        switch error {
        case let error as FileError: isOne(error) || error.isDenied || error.code == EIO
        case let error as ArchiveError:
            if case .file(let cause) = error.problem { isMachines(cause) } else { false }
        case CatalogError.deviceFailure, DatasetError.deviceFailure: true
        default: isOne(error)
        }
    }
}

extension FileError {
    /// Whether permissions of the file, its folder, or the disk forbid the access.
    var isDenied: Bool { code == EACCES || code == EPERM }
}
