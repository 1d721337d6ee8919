import Archives
import Canonical
import Catalog
import Datasets
import Training

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
}
