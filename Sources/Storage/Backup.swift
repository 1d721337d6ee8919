import Canonical
import Catalog
import Datasets

/// Copies a storage folder while a server may be at work in it.
///
/// The catalog comes first, as one moment of the database; then the files. A worker finishes a file before the catalog hears of
/// it, so that whatever the copied catalog speaks of is there when it is copied. Archives have their content's name and are never
/// written twice: a second backup into the same folder copies only what is new. A restored server goes on from there as after a
/// loss of power.
public struct Backup: Sendable {
    public struct Report: Sendable, Equatable {
        public var files = 0
        public var bytes: Int64 = 0
        /// Archives that an earlier backup had copied already.
        public var kept = 0
    }

    let storage: StorageFolder
    let target: StorageFolder

    public init(of storage: StorageFolder, to folder: String) {
        self.storage = storage
        target = StorageFolder(root: folder)
    }

    /// - Errors: `StorageError.inUse` while a server or a command has the target, `.notATarget` for a target within the storage, one that
    ///   shares folders with it, or one with runs that the storage does not have; what the file system or SQLite says. The target's catalog
    ///   is then the one that it had before, or none.
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
        try checkRuns(catalog)
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
        // The catalog gets its name last: a backup that was cut short still has the old one, whose files are all there.
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

    /// An earlier backup of this storage has no run that the storage lacks. A folder that has is another storage, or a newer state of this one.
    private func checkRuns(_ catalog: Catalog) throws {
        let earlier: Catalog
        do {
            earlier = try Catalog.openForReading(at: target.catalog, isBroughtForward: false)
        } catch CatalogError.missing {
            return
        }
        defer { try? earlier.close() }
        let known = try Set(catalog.readNow { try $0.everyRunID() })
        let lost = try earlier.readNow { try $0.everyRunID() }.filter { !known.contains($0) }
        guard let first = lost.first else { return }
        throw StorageError.notATarget(
            path: target.root,
            problem: "it holds a storage with \(lost.count) run\(lost.count == 1 ? "" : "s") that \(storage.root) does not have (\(first)\(lost.count == 1 ? "" : ", ...")), which "
                + "would be lost. Name an empty folder; to restore, move the folder away first, or start the server on the backup")
    }

    /// - Parameter isFixed: files that have their name for ever are copied once.
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

    /// Under another name first, so that a name always stands for a whole file. A file that is gone by now was a leftover.
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
