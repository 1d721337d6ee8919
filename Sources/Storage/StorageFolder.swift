import Archives
import Canonical
import Foundation
public import Training

/// The paths in a storage folder. Copying the folder copies everything that a server knows.
public struct StorageFolder: Sendable, Equatable {
    /// The absolute path of the folder.
    public let root: String

    /// - Parameter root: any path; made absolute. A path that is not UTF-8 is replaced by one that every library accepts (see `SystemPath.plain`).
    public init(root: String) {
        let absolute = root.hasPrefix("/") ? root : SystemPath.workingFolder + "/" + root
        guard !SystemPath.isPlain(absolute) else {
            self.root = URL(fileURLWithPath: root).standardizedFileURL.path
            return
        }
        // A folder that cannot be created is reported by whoever uses it first.
        self.root = (try? SystemPath.plain(absolute)) ?? absolute
    }

    /// The catalog's database.
    public var catalog: String { root + "/fidelio.sqlite" }
    /// Locked by the process that uses the storage.
    public var lock: String { root + "/lock" }
    /// Where commands find the running server (`ServerFile`).
    public var serverFile: String { root + "/server.json" }
    /// Checkpoints and exported archives, by digest.
    public var archives: String { root + "/archives" }
    /// Prepared data sets.
    public var datasets: String { root + "/datasets" }
    /// Trained feature extractors, by digest.
    public var encoders: String { root + "/encoders" }
    /// One folder per run.
    public var runs: String { root + "/runs" }
    /// Evaluations of checkpoints, a folder each.
    public var evaluations: String { root + "/evaluations" }
    /// Files created on request; each can be created again.
    public var exports: String { root + "/exports" }

    /// The last pictures that members uploaded to enlarge.
    public var uploads: String { root + "/" + SuperResolutionRequest.uploads }

    /// The path of the archive with this digest, whether or not it exists.
    /// - Errors: if the text is not a digest.
    package func archive(_ digest: String) throws -> String { try ArchiveStore(root: archives).file(for: Digest(hex: digest)) }

    /// The folder of a run, whether or not it exists.
    public func run(_ id: String) -> RunFolder { RunFolder(path: runs + "/" + id) }

    /// The folder of an evaluation, whether or not it exists.
    public func evaluation(_ id: String) -> RunFolder { RunFolder(path: evaluations + "/" + id) }

    /// Creates missing folders; only their owner may read a new one.
    /// - Errors: `StorageError.cannotOpen` with the file system's message; `FileError` if the disk is full.
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

/// What the server adds to a run's folder.
extension RunFolder {
    /// Standard output and error of the run's workers, appended.
    public var log: String { "\(path)/log.txt" }

    /// The same for an evaluation, with what it measures.
    package func prepare(evaluation text: String) throws {
        try FileSystem.makeFolder(path, mode: 0o700)
        let bytes = Array(text.utf8)
        if (try? FileSystem.read(evaluation)) != bytes { try AtomicFile.write(bytes, to: evaluation, mode: 0o600) }
        try FileSystem.removeForGood(exit)
    }

    /// Creates the folder with its specification if it does not exist, and removes the report of an earlier end.
    package func prepare(specification text: String) throws {
        try FileSystem.makeFolder(samples, mode: 0o700)
        let bytes = Array(text.utf8)
        if (try? FileSystem.read(specification)) != bytes { try AtomicFile.write(bytes, to: specification, mode: 0o600) }
        // The report of an earlier end must not reappear after a power loss.
        try FileSystem.removeForGood(exit)
    }
}
