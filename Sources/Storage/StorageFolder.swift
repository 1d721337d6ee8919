import Archives
import Canonical
import Foundation
public import Training

/// The paths in a storage folder. Copying the folder copies everything that a server knows.
public struct StorageFolder: Sendable, Equatable {
    /// The absolute path of the folder.
    public let root: String

    /// The catalog's database: in the folder, or on a disk of the server's machine where the folder is shared by several machines.
    public let catalog: String

    /// - Parameters:
    ///   - root: any path; made absolute. A path that is not UTF-8 is replaced by one that every library accepts (see `SystemPath.plain`).
    ///   - catalog: the path of a catalog apart from the folder; nil for the one that the folder names (`catalogPointer`), or its own
    public init(root: String, catalog: String? = nil) {
        let root = StorageFolder.absolute(root)
        self.root = root
        self.catalog = catalog.map(StorageFolder.absolute) ?? StorageFolder.pointer(in: root)?.path ?? StorageFolder.ownCatalog(in: root)
    }

    private static func absolute(_ path: String) -> String {
        let absolute = path.hasPrefix("/") ? path : SystemPath.workingFolder + "/" + path
        if SystemPath.isPlain(absolute) { return URL(fileURLWithPath: path).standardizedFileURL.path }
        // A folder that cannot be created is reported by whoever uses it first.
        return (try? SystemPath.plain(absolute)) ?? absolute
    }

    private static func ownCatalog(in root: String) -> String { root + "/fidelio.sqlite" }

    /// Whether the catalog lies apart from the folder.
    public var hasCatalogApart: Bool { catalog != StorageFolder.ownCatalog(in: root) }
    /// Locked by the process that uses the storage; beside the catalog, because file locks do not reach across machines everywhere.
    public var lock: String { FileSystem.folder(of: catalog) + "/lock" }
    /// Where commands find the running server (`ServerFile`).
    public var serverFile: String { FileSystem.folder(of: catalog) + "/server.json" }
    /// Names a catalog that lies apart, for all later commands.
    public var catalogPointer: String { root + "/catalog.json" }

    private static func pointer(in root: String) -> (path: String, host: String)? {
        guard let bytes = try? FileSystem.read(root + "/catalog.json", limit: 1 << 16), let json = try? JSONValue(parsing: bytes),
            let path = json["catalog"]?.stringValue, path.hasPrefix("/")
        else { return nil }
        return (path, json["host"]?.stringValue ?? "another machine")
    }

    /// Checks that this is the folder's only catalog, and writes down where it is.
    /// - Errors: `StorageError.catalogElsewhere`, `FileError`
    public func settleCatalog() throws {
        let named = StorageFolder.pointer(in: root), own = StorageFolder.ownCatalog(in: root)
        if let named, named.path != catalog || named.host != ProcessInfo.processInfo.hostName && !FileSystem.exists(catalog) { throw StorageError.catalogElsewhere(asked: catalog, path: named.path, host: named.host) }
        guard hasCatalogApart, named == nil else { return }
        if FileSystem.exists(own) { throw StorageError.catalogElsewhere(asked: catalog, path: own, host: ProcessInfo.processInfo.hostName) }
        let json: JSONValue = .object(["catalog": .string(catalog), "host": .string(ProcessInfo.processInfo.hostName)])
        try AtomicFile.write(json.canonicalBytes, to: catalogPointer, mode: 0o600)
    }
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

    /// Recorded labs, a folder each.
    public var labs: String { root + "/labs" }

    /// Bundles that are being imported, and what is unpacked of them.
    public var imports: String { root + "/imports" }

    /// What was submitted to Slurm: the scripts of arrays, and which attempts they have.
    public var slurm: String { root + "/slurm" }

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
        for path in [root, FileSystem.folder(of: catalog), archives, datasets, encoders, runs, evaluations] {
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
