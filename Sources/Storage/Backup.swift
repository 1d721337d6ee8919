import Canonical
import Catalog
import Datasets

/// Copies a storage folder, even while a server is using it.
///
/// The catalog is copied first, as a consistent snapshot; then the files. A worker completes a file before the catalog refers to
/// it, so every file that the copied catalog refers to exists. Archives are named by their content and never
/// rewritten: a second backup into the same folder copies only what is new. A restored server continues as after a
/// power loss.
public struct Backup: Sendable {
    /// What a backup copied.
    public struct Report: Sendable, Equatable {
        /// Files copied.
        public var files = 0
        /// Their total size.
        public var bytes: Int64 = 0
        /// Archives that an earlier backup had already copied.
        public var kept = 0
    }

    let storage: StorageFolder
    let target: StorageFolder

    /// Prepares a backup of `storage` into `folder`.
    public init(of storage: StorageFolder, to folder: String) {
        self.storage = storage
        target = StorageFolder(root: folder)
    }

    /// - Errors: `StorageError.inUse` if a server or a command uses the target, `.notATarget` for a target inside the storage, one that
    ///   shares folders with it, or one with runs, evaluations or changes that the storage does not have; errors of the file system and of SQLite. The target's catalog
    ///   is then the previous one, or absent.
    public func make() throws -> Report {
        try checkPlace()
        try target.create()
        guard let lock = try FileLock.acquire(target.lock, patience: .milliseconds(300)) else {
            throw StorageError.inUse(path: target.root, process: FileLock.holder(of: target.lock) ?? 0)
        }
        defer { withExtendedLifetime(lock) {} }
        let fresh = target.catalog + ".new"
        try FileSystem.remove(fresh)
        let catalog = try Catalog.openForReading(at: storage.catalog, isBroughtForward: false)
        defer { try? catalog.close() }
        try checkEarlier(catalog)
        do {
            return try copyAll(catalog, fresh)
        } catch {
            for leftover in [fresh, fresh + "-journal"] { try? FileSystem.remove(leftover) }
            throw error
        }
    }

    private func copyAll(_ catalog: Catalog, _ fresh: String) throws -> Report {
        try catalog.copy(to: fresh)
        var report = Report(files: 1, bytes: Int64(try FileSystem.size(of: fresh)))
        for (from, to, isFixed) in [
            (storage.archives, target.archives, true), (storage.datasets, target.datasets, false), (storage.encoders, target.encoders, true),
            (storage.runs, target.runs, false), (storage.evaluations, target.evaluations, false),
        ] { try copy(from, to, isFixed, &report) }
        // The catalog is renamed last: an interrupted backup still has the old one, whose files are all present.
        for suffix in ["-wal", "-shm"] { try FileSystem.remove(target.catalog + suffix) }
        try FileSystem.rename(fresh, to: target.catalog)
        return report
    }

    private func checkPlace() throws {
        guard !OutputFolder.isWithin(target.root, storage.root) else {
            throw StorageError.notATarget(path: target.root, problem: "a backup cannot lie in the storage folder itself")
        }
        if !FileSystem.exists(target.catalog) { try OutputFolder.check(target.root) }
        for (name, other) in [(storage.archives, target.archives), (storage.datasets, target.datasets), (storage.encoders, target.encoders), (storage.runs, target.runs), (storage.evaluations, target.evaluations)]
        where OutputFolder.isWithin(other, name) {
            throw StorageError.notATarget(path: target.root, problem: "its folder \(other) is that of the storage")
        }
    }

    /// An earlier backup of this storage has nothing that the storage lacks. A folder that does is another storage, or a newer state of this one.
    private func checkEarlier(_ catalog: Catalog) throws {
        let earlier: Catalog
        do {
            earlier = try Catalog.openForReading(at: target.catalog, isBroughtForward: false)
        } catch CatalogError.missing {
            return
        }
        defer { try? earlier.close() }
        func refusal(_ what: String) -> StorageError {
            .notATarget(
                path: target.root,
                problem: "it holds a storage with \(what) that \(storage.root) does not have, which would be lost. "
                    + "Name an empty folder; to restore, move the folder away first, or start the server on the backup")
        }
        func check(_ kind: String, _ wanted: [String], _ there: [String]) throws {
            let known = Set(there), lost = wanted.filter { !known.contains($0) }
            guard let first = lost.first else { return }
            throw refusal("\(lost.count) \(kind)\(lost.count == 1 ? "" : "s") (\(first)\(lost.count == 1 ? "" : ", ..."))")
        }
        try check("run", earlier.readNow { try $0.everyRunID() }, catalog.readNow { try $0.everyRunID() })
        try check("evaluation", earlier.readNow { try $0.everyEvaluationJobID() }, catalog.readNow { try $0.everyEvaluationJobID() })
        // The audit log is append-only, so that of an earlier backup is the beginning of this one.
        if let mark = try earlier.readNow({ try $0.newestAuditEntry() }), try !catalog.readNow({ try $0.hasAuditEntry(mark) }) {
            throw refusal("changes (the newest is \(mark.action) by \(mark.actor))")
        }
    }

    /// - Parameter isFixed: files that never change under their name are copied once.
    private func copy(_ from: String, _ to: String, _ isFixed: Bool, _ report: inout Report) throws {
        guard FileSystem.isFolder(from) else { return }
        try FileSystem.makeFolder(to, mode: 0o700)
        for name in try FileSystem.names(in: from) where !DatasetStore.isTemporary(name) {
            let (source, place) = (from + "/" + name, to + "/" + name)
            if FileSystem.isFolder(source) {
                try copy(source, place, isFixed, &report)
            } else if name == "lock" || name.hasSuffix(".lock") || name.hasSuffix(".partial") || name.hasSuffix(".copying") {
                continue
            } else if isFixed, FileSystem.exists(place) {
                report.kept += 1
            } else {
                try copyFile(source, place, &report)
            }
        }
    }

    /// Copies under a temporary name first, so that a name always denotes a complete file. A file that has vanished was temporary.
    private func copyFile(_ source: String, _ place: String, _ report: inout Report) throws {
        let fresh = place + ".copying"
        try FileSystem.remove(fresh)
        let count: Int
        do {
            count = try FileSystem.copy(source, to: fresh)
        } catch {
            guard FileSystem.exists(source) else { return }
            throw error
        }
        try FileSystem.rename(fresh, to: place)
        report.files += 1
        report.bytes += Int64(count)
    }
}
