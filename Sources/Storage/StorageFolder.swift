import Archives
import Canonical
import Foundation
public import Training

/// The places in a storage folder. Copying the folder copies everything that a server knows.
public struct StorageFolder: Sendable, Equatable {
    public let root: String

    /// - Parameter root: any path; made absolute. One that is no UTF-8 is replaced by one that every library can be given (see `SystemPath.plain`).
    public init(root: String) {
        let absolute = root.hasPrefix("/") ? root : SystemPath.workingFolder + "/" + root
        guard !SystemPath.isPlain(absolute) else {
            self.root = URL(fileURLWithPath: root).standardizedFileURL.path
            return
        }
        // A folder that cannot be made is told by whoever uses it first.
        self.root = (try? SystemPath.plain(absolute)) ?? absolute
    }

    public var catalog: String { root + "/fidelio.sqlite" }
    public var lock: String { root + "/lock" }
    public var serverFile: String { root + "/server.json" }
    public var archives: String { root + "/archives" }
    public var datasets: String { root + "/datasets" }
    public var encoders: String { root + "/encoders" }
    public var runs: String { root + "/runs" }
    /// Evaluations of checkpoints, a folder each.
    public var evaluations: String { root + "/evaluations" }
    /// Files that were made on request; each can be made again.
    public var exports: String { root + "/exports" }

    /// Where the archive of this digest lies, whether it is there or not.
    /// - Errors: for a text that is no digest.
    package func archive(_ digest: String) throws -> String { try ArchiveStore(root: archives).file(for: Digest(hex: digest)) }

    public func run(_ id: String) -> RunFolder { RunFolder(path: runs + "/" + id) }

    public func evaluation(_ id: String) -> RunFolder { RunFolder(path: evaluations + "/" + id) }

    /// Makes the folders that are missing; only their owner may look into a new one.
    /// - Errors: `StorageError.cannotOpen` with what the file system says; `FileError` where the disk is full.
    public func create() throws {
        for path in [root, archives, datasets, encoders, runs, evaluations] {
            do {
                try FileSystem.makeFolder(path, mode: 0o700)
            } catch {
                if ObstacleToWriting.isOne(error) { throw error }
                throw StorageError.cannotOpen(path: path, problem: error.reason)
            }
        }
    }
}
