import Canonical
import Catalog
import Datasets
import Foundation

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

    /// - Errors: what the file system or SQLite says. The target's catalog is then the one that it had before, or none.
    public func make() throws -> Report {
        try target.create()
        let fresh = target.catalog + ".new"
        try? FileManager.default.removeItem(atPath: fresh)
        let catalog = try Catalog.openForReading(at: storage.catalog)
        defer { try? catalog.close() }
        try catalog.copy(to: fresh)
        var report = Report(files: 1, bytes: Int64(try FileSystem.size(of: fresh)))
        for (from, to, isFixed) in [
            (storage.archives, target.archives, true), (storage.datasets, target.datasets, false), (storage.encoders, target.encoders, true),
            (storage.runs, target.runs, false),
        ] { try copy(from, to, isFixed, &report) }
        // The catalog gets its name last: a backup that was cut short still has the old one, whose files are all there.
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: target.catalog + suffix) }
        guard unsafe rename(fresh, target.catalog) == 0 else { throw StorageError.cannotOpen(path: target.catalog, problem: lastSystemError()) }
        try FileSystem.synchroniseFolder(target.root)
        return report
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
        try? FileManager.default.removeItem(atPath: fresh)
        do {
            try FileManager.default.copyItem(atPath: source, toPath: fresh)
        } catch {
            guard FileSystem.exists(source) else { return }
            throw error
        }
        guard unsafe rename(fresh, place) == 0 else { throw StorageError.cannotOpen(path: place, problem: lastSystemError()) }
        report.files += 1
        report.bytes += Int64(try FileSystem.size(of: place))
    }
}
