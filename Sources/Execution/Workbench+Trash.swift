import Canonical
package import Catalog
import Foundation
import Logging
import Storage
import Training

/// What deleting something takes away.
package struct DeletionPreview: Sendable, Equatable {
    /// What it is called.
    package var title: String
    /// The ids of the runs that go, reruns among them.
    package var runs: [String]
    /// How many of the runs repeat others.
    package var reruns: Int
    /// How many checkpoints go.
    package var checkpoints: Int
    /// What is free afterwards.
    package var bytes: Int64
    /// Links that end, and notebooks that name what goes.
    package var links: Int, notebooks: Int
}

/// Deletion by hand, and by retention rules (`Workbench+Retention`), with a day in which it can be undone.
///
/// Deleting and restoring change rows alone, in one transaction; only a data set's folder is moved beside. Removing deletes the rows in one transaction, which also notes the
/// files that are still to be removed: a kill at any moment leaves either what can be restored, or files that the next pass removes.
extension Workbench {
    /// Seconds until what was deleted is removed.
    package static let trashTime = 86_400.0
    /// Seconds between looks at the trash.
    private static let trashInterval = 60.0

    /// What deleting this takes away. Changes nothing.
    /// - Errors: as those of `delete`
    package nonisolated func preview(deleting kind: Deletion.Kind, _ target: String) async throws -> DeletionPreview {
        let (storage, time) = (storage, settings.now())
        return try await catalog.read { try Self.preview(kind, target, storage, at: time, $0) }
    }

    /// Puts a run, a study, a checkpoint, or a data set into the trash.
    /// - Errors: `WorkbenchError.unknownRun`, `.unknownStudy`, `.noCheckpoint`, `.notEnded`, `.studyNotEnded`, `.ofStudy`, `.inUse`, `.inTrash`; `FileError`
    package func delete(_ kind: Deletion.Kind, _ target: String, by actor: some AuditActor) throws -> Deletion {
        guard !isStopping else { throw WorkbenchError.stopping }
        let time = now
        let deletion = try catalog.writeNow { writer in
            let preview = try Self.preview(kind, target, storage, at: time, writer.reader)
            let deletion = try writer.delete(
                Deletion(kind: kind, target: target, title: preview.title, bytes: preview.bytes, actor: actor.name, deleted: time, expires: time + Self.trashTime))
            try audit(actor, "delete", "\(kind.rawValue) \(target)", detail: preview.title, writer)
            return deletion
        }
        try settleDatasets()
        if kind == .study { tellManyRuns(ofStudy: target) }
        wakeUp.ring()
        return deletion
    }

    /// Takes something out of the trash, as it was.
    /// - Errors: `WorkbenchError.notInTrash`; `FileError`
    package func restore(_ number: Int64, by actor: some AuditActor) throws -> Deletion {
        let deletion = try catalog.writeNow { writer in
            guard let deletion = try writer.reader.deletion(number) else { throw WorkbenchError.notInTrash(number) }
            try writer.restore(deletion, at: now)
            try audit(actor, "restore", "\(deletion.kind.rawValue) \(deletion.target)", detail: deletion.title, writer)
            return deletion
        }
        try settleDatasets()
        if deletion.kind == .study { tellManyRuns(ofStudy: deletion.target) }
        wakeUp.ring()
        return deletion
    }

    /// Removes something from the trash for good, before its time.
    /// - Errors: `WorkbenchError.notInTrash`, `.inUse`
    package func removeForGood(_ number: Int64, by actor: some AuditActor) throws -> Deletion {
        guard let deletion = try catalog.readNow({ try $0.deletion(number) }) else { throw WorkbenchError.notInTrash(number) }
        if let user = try catalog.readNow({ try Self.user(of: deletion, $0) }) { throw WorkbenchError.inUse(deletion.title, by: user) }
        try catalog.writeNow { writer in
            try writer.remove(deletion, at: now)
            try audit(actor, "remove", "\(deletion.kind.rawValue) \(deletion.target)", detail: deletion.title, writer)
        }
        removeFiles()
        return deletion
    }

    /// Removes what has been in the trash for its time, one at a time, and files that earlier passes left.
    func emptyTrash() {
        guard !isStopping, !settings.isFocused, uptime >= trashAfter else { return }
        trashAfter = uptime + Self.trashInterval
        do {
            try settleDatasets()
            let due = try catalog.readNow { reader in
                try reader.trash().last { try $0.expires <= now && Self.user(of: $0, reader) == nil }
            }
            if let due {
                try catalog.writeNow { try $0.remove(due, at: now) }
                logger.info("removed from the trash: \(due.title)")
                trashAfter = uptime
            }
            removeFiles()
        } catch {
            notePassProblem(error, "the trash cannot be emptied now, and this is tried again")
        }
    }

    // MARK: - What goes

    private static func preview(_ kind: Deletion.Kind, _ target: String, _ storage: StorageFolder, at time: Double, _ reader: CatalogReader) throws -> DeletionPreview {
        if try reader.deletion(of: kind, target) != nil { throw WorkbenchError.inTrash(target) }
        let probe = Deletion(kind: kind, target: target, title: "", bytes: 0, actor: "", deleted: time, expires: time)
        let runs = try reader.runs(goingWith: probe)
        let title = try title(kind, target, reader)
        if let busy = runs.first(where: { !$0.state.isFinal }) {
            if kind == .study { throw WorkbenchError.studyNotEnded(target) }
            throw WorkbenchError.notEnded(busy.id)
        }
        if let user = try user(of: probe, reader) { throw WorkbenchError.inUse(title, by: user) }
        let numbers = runs.map(\.number)
        var archives = try reader.archives(ofOnly: numbers), checkpoints = try numbers.reduce(0) { try $0 + reader.checkpoints(ofRun: $1).count }
        if let (id, step) = probe.checkpoint { (archives, checkpoints) = (try reader.archives(ofOnly: [try reader.requiredRun(id).number], step: step), 1) }
        var bytes = try archives.reduce(0 as Int64) { try $0 + size(storage.archive($1)) } + runs.reduce(0 as Int64) { $0 + size(storage.run($1.id).path) }
        if kind == .dataset { bytes = size("\(storage.datasets)/\(target)") }
        let mentions = try reader.mentions(of: kind == .study ? [target] + runs.map(\.id) : kind == .run ? runs.map(\.id) : [], at: time)
        return DeletionPreview(
            title: title, runs: runs.map(\.id), reruns: runs.count { $0.rerunOf != nil }, checkpoints: checkpoints, bytes: bytes, links: mentions.links, notebooks: mentions.notebooks)
    }

    /// What it is called, after checking that it may be deleted.
    private static func title(_ kind: Deletion.Kind, _ target: String, _ reader: CatalogReader) throws -> String {
        switch kind {
        case .study:
            guard let study = try reader.study(target) else { throw WorkbenchError.unknownStudy(target) }
            return "study \(study.name)"
        case .run:
            guard let run = try reader.run(target) else { throw WorkbenchError.unknownRun(target) }
            // Without it, the other runs of the study would show another distribution than the one that was found.
            if let study = run.study { throw WorkbenchError.ofStudy(target, study: study) }
            if try reader.deletion(ofRun: run.number) != nil { throw WorkbenchError.inTrash(target) }
            return "run \(target) of \(run.model) on \(run.dataset), seed \(run.seed)"
        case .checkpoint:
            let probe = Deletion(kind: kind, target: target, title: "", bytes: 0, actor: "", deleted: 0, expires: 0)
            guard let (id, step) = probe.checkpoint, let run = try reader.run(id) else { throw WorkbenchError.unknownRun(target) }
            let checkpoints = try reader.checkpoints(ofRun: run.number)
            guard checkpoints.contains(where: { $0.step == step }) else {
                throw WorkbenchError.noCheckpoint(run: id, problem: "has no checkpoint at step \(step)")
            }
            if try reader.removedCheckpoints(ofRun: run.number).contains(step) {
                throw WorkbenchError.noCheckpoint(run: id, problem: "has no archive of its checkpoint at step \(step) here: it was deleted for good, or never came with its bundle")
            }
            guard run.state.isFinal else { throw WorkbenchError.notEnded(id) }
            if run.state == .failed || run.state == .cancelled, checkpoints.last?.step == step { throw WorkbenchError.inUse("the newest checkpoint", by: "run \(id), which would resume from it") }
            return "checkpoint of run \(id) at step \(step)"
        case .checkpoints: throw WorkbenchError.unknownStudy(target)
        case .dataset: return "data set \(target)"
        }
    }

    /// What still needs something that is to be removed; nil if nothing does.
    private static func user(of deletion: Deletion, _ reader: CatalogReader) throws -> String? {
        var runs = try reader.runs(goingWith: deletion)
        if let (id, _) = deletion.checkpoint, let run = try reader.run(id) { runs.append(run) }
        if deletion.kind == .dataset { return try reader.isBusy(dataset: deletion.target) ? "a run that is queued or running" : nil }
        if deletion.kind == .checkpoints { return try reader.isBusy(checkpointsOf: deletion) ? "a run or an evaluation of the same specification that is queued or running" : nil }
        // The same specification writes the same archives.
        for run in runs where try reader.isBusy(specification: run.specificationDigest) { return "a run or an evaluation of the same specification that is queued or running" }
        return nil
    }

    // MARK: - Files

    /// Removes the files that are noted, except those that somebody needs again.
    func removeFiles() {
        do {
            for file in try catalog.readNow({ try $0.filesToRemove(limit: 10_000) }) {
                guard try !catalog.readNow({ try $0.isBusy(specification: file.specification) }) else { continue }
                try removeUnneeded(file)
                try catalog.writeNow { try $0.forget(file) }
            }
        } catch {
            notePassProblem(error, "files of the trash cannot be removed now, and this is tried again")
        }
    }

    func removeUnneeded(_ file: FileToRemove) throws {
        let parts = file.path.split(separator: "/").map(String.init)
        guard parts.count == 2, !parts.contains(".."), !parts.contains(".") else { return }
        switch parts[0] {
        case "archives":
            guard try !catalog.readNow({ try $0.isNeeded(archive: parts[1]) }) else { return }
            try Self.removeTree(try storage.archive(parts[1]))
        case "runs":
            guard try catalog.readNow({ try $0.run(parts[1]) }) == nil else { return }
            try Self.removeTree(storage.run(parts[1]).path)
        case "evaluations":
            guard try catalog.readNow({ try $0.evaluationJob(parts[1]) }) == nil else { return }
            try Self.removeTree(storage.evaluation(parts[1]).path)
        case "trash": try Self.removeTree("\(storage.root)/trash/\(parts[1])")
        default: return
        }
    }

    private static func removeTree(_ path: String) throws {
        guard FileSystem.exists(path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }

    /// Moves the folders of deleted data sets aside, and those of restored ones back: what the rows say decides, also after a kill.
    private func settleDatasets() throws {
        let trash = "\(storage.root)/trash"
        let deleted = try catalog.readNow { try $0.trash() }.filter { $0.kind == .dataset }
        for deletion in deleted {
            let (from, to) = ("\(storage.datasets)/\(deletion.target)", "\(trash)/\(deletion.number)")
            guard FileSystem.exists(from), !FileSystem.exists(to) else { continue }
            try FileSystem.makeFolder(trash, mode: 0o700)
            try FileSystem.makeFolder(to, mode: 0o700)
            try FileSystem.rename(from, to: "\(to)/\(deletion.target)")
        }
        guard FileSystem.exists(trash) else { return }
        let kept = Set(deleted.map { String($0.number) }), leaving = Set(try catalog.readNow { try $0.filesToRemove(limit: 100_000) }.map(\.path))
        for number in try FileSystem.names(in: trash) where !kept.contains(number) && !leaving.contains("trash/\(number)") {
            for name in try FileSystem.names(in: "\(trash)/\(number)") where !FileSystem.exists("\(storage.datasets)/\(name)") {
                try FileSystem.rename("\(trash)/\(number)/\(name)", to: "\(storage.datasets)/\(name)")
            }
            // Another data set of this name may have been added meanwhile: then this one stays aside.
            if try FileSystem.names(in: "\(trash)/\(number)").isEmpty { try FileSystem.removeEmptyFolder("\(trash)/\(number)") }
        }
    }

    /// Bytes of a file, or of all files in a folder; 0 for what does not exist.
    static func size(_ path: String) -> Int64 {
        guard FileSystem.isFolder(path) else { return Int64((try? FileSystem.size(of: path)) ?? 0) }
        return ((try? FileSystem.names(in: path)) ?? []).reduce(0) { $0 + size("\(path)/\($1)") }
    }

    /// The disk space of each study, of runs without one (""), and of what several studies share (nil), largest first.
    package nonisolated func diskByStudy() async throws -> [(study: String?, runs: Int, checkpoints: Int, bytes: Int64)] {
        let (archives, runs) = try await catalog.read { (try $0.archivesByStudy(), try $0.runsByStudy()) }
        var users: [String: Int] = [:]
        for archive in archives { users[archive.digest, default: 0] += 1 }
        var found: [String?: (runs: Int, checkpoints: Int, bytes: Int64)] = [:], counted: Set<String> = []
        for archive in archives {
            try Task.checkCancellation()
            let study: String? = users[archive.digest] == 1 ? archive.study : nil
            found[archive.study, default: (0, 0, 0)].checkpoints += archive.runs
            if counted.insert(archive.digest).inserted { found[study, default: (0, 0, 0)].bytes += Self.size(try storage.archive(archive.digest)) }
        }
        for (study, run) in runs {
            try Task.checkCancellation()
            found[study, default: (0, 0, 0)].runs += 1
            found[study, default: (0, 0, 0)].bytes += Self.size(storage.run(run).path)
        }
        return found.map { (study: $0.key, runs: $0.value.runs, checkpoints: $0.value.checkpoints, bytes: $0.value.bytes) }.sorted { ($1.bytes, $0.study ?? "~") < ($0.bytes, $1.study ?? "~") }
    }
}
