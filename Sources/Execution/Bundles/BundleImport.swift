import Archives
package import Canonical
package import Catalog
import Events
import Foundation
package import Results
package import Storage
import Training

/// Takes bundles into a storage.
///
/// A bundle is read whole, and compared with its digests, before anything of it counts: a refused one leaves nothing behind. Then its files take their places and its rows are
/// stored, some runs in a transaction, so that the queue is not kept waiting. A run that is here already is kept, if it ended with the same checkpoint. So an import that was
/// cut off is completed by importing again, and importing twice changes nothing.
package struct BundleImport: Sendable {
    /// What was imported.
    package struct Report: Sendable, Equatable {
        /// The bundle's digest.
        package var bundle: String
        package var kind: BundleManifest.Kind
        package var subject: String
        package var title: String
        /// The runs that were not here before.
        package var added: [String] = []
        /// The runs that were here already, with the same end.
        package var present: [String] = []
        package var evaluations = 0
        package var archives = 0
        /// The text of the notebook.
        package var notebook: String?
    }

    let storage: StorageFolder
    let catalog: Catalog
    let now: @Sendable () -> Double

    package init(storage: StorageFolder, catalog: Catalog, now: @escaping @Sendable () -> Double = { Date().timeIntervalSince1970 }) {
        (self.storage, self.catalog, self.now) = (storage, catalog, now)
    }

    /// - Errors: `BundleError` with the reason why the bundle is refused; `FileError`, `CatalogError`
    package func take(_ path: String, by actor: some AuditActor) async throws -> Report {
        let bundle = try BundleFile(path)
        try FileSystem.makeFolder(storage.imports, mode: 0o700)
        guard let lock = try FileLock.acquire(storage.imports + "/lock", patience: .seconds(2)) else { throw BundleError(path, "another import is at work; try again when it has ended") }
        defer { withExtendedLifetime(lock) {} }
        let folder = storage.imports + "/staged"
        // Left by an import that was killed.
        try? FileManager.default.removeItem(atPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileSystem.makeFolder(folder, mode: 0o700)
        let staged = try StagedBundle(bundle, in: folder)
        try await checkConflicts(staged)
        return try await store(staged, by: actor)
    }

    // MARK: - What is here already

    private func checkConflicts(_ staged: StagedBundle) async throws {
        try await catalog.read { reader in
            for job in staged.runs { _ = try isHere(job, staged, reader) }
            if let study = staged.study, let known = try reader.study(study.id), known.digest != study.digest {
                throw BundleError(staged.bundle.path, "there is a study \(study.id) with another plan here")
            }
        }
    }

    /// - Errors: `BundleError` if a run of this id is here and did not end the same
    private func isHere(_ job: StagedBundle.Job, _ staged: StagedBundle, _ reader: CatalogReader) throws -> Bool {
        guard let known = try reader.run(job.record.id) else { return false }
        func refusal(_ reason: String) -> BundleError { BundleError(staged.bundle.path, "run \(known.id) is here already, and \(reason)") }
        guard known.specification == job.text else { throw refusal("it has another specification") }
        guard known.state.isFinal else { throw refusal("it is \(known.state.rawValue) here: wait until it has ended, or cancel it and import again") }
        guard known.outcome == job.record.end.outcome, known.finalDigest == job.finalDigest else {
            func words(_ outcome: String, _ digest: String?) -> String { outcome + (digest.map { " with checkpoint \($0.prefix(12))" } ?? "") }
            throw refusal(
                "ended otherwise: \(words(known.outcome?.words ?? known.state.rawValue, known.finalDigest)) here, \(words(job.record.end.outcome.words, job.finalDigest)) in the bundle. "
                    + "The same specification gives the same bits, so one of the two is damaged: rerun it with fidelio verify")
        }
        return true
    }

    // MARK: - Storing

    private static let bytesOfTransaction = 16 << 20, runsOfTransaction = 32

    private func store(_ staged: StagedBundle, by actor: some AuditActor) async throws -> Report {
        let manifest = staged.bundle.manifest, time = now(), importer = actor.name
        var report = Report(bundle: staged.bundle.digest, kind: manifest.kind, subject: manifest.subject, title: manifest.title)
        report.archives = try place(archives: staged)
        try await catalog.write { try $0.markPresent(archives: staged.archives) }
        let identity = try await catalog.read { try $0.storageIdentity() }
        let origin = RunOrigin(storage: nil, bundle: staged.bundle.digest, imported: time, by: importer)
        if let study = staged.study {
            try await catalog.write { (writer: CatalogWriter) -> Void in
                let isNew = try writer.reader.study(study.id) == nil
                if isNew { try writer.insert(study) }
            }
        }
        var rest = staged.runs[...]
        while !rest.isEmpty {
            var part: [StagedBundle.Job] = [], bytes = 0
            while let job = rest.first, part.isEmpty || bytes + job.bytes <= Self.bytesOfTransaction && part.count < Self.runsOfTransaction {
                part.append(rest.removeFirst())
                bytes += job.bytes
            }
            let stored = try await catalog.write { [part] writer in
                try part.map { job -> Bool in
                    if try isHere(job, staged, writer.reader) { return false }
                    // A run that returns to the storage that executed it is its own.
                    var own: RunOrigin? = origin
                    own?.storage = job.record.run?.storage
                    if own?.storage == identity, identity != nil { own = nil }
                    try insert(job, staged, origin: own, by: importer, at: time, writer)
                    return true
                }
            }
            for (job, isNew) in zip(part, stored) { isNew ? report.added.append(job.record.id) : report.present.append(job.record.id) }
            try Task.checkCancellation()
        }
        for job in staged.evaluations {
            if try await catalog.write({ try insert(evaluation: job, staged, at: time, $0) }) { report.evaluations += 1 }
        }
        if manifest.kind == .notebook { report.notebook = String(decoding: try staged.bundle.content(of: "notebook/notebook.md", limit: 16 << 20), as: UTF8.self) }
        let detail = "\(report.added.count) runs added, \(report.present.count) were here; bundle \(report.bundle.prefix(12))"
        if !report.added.isEmpty || report.evaluations > 0 {
            try await catalog.write { try $0.record("import", "\(manifest.kind.rawValue) \(manifest.subject)", detail, by: actor, at: time) }
        }
        return report
    }

    /// - Returns: how many were not here before
    private func place(archives staged: StagedBundle) throws -> Int {
        let store = try ArchiveStore(root: storage.archives)
        var added = 0
        for digest in staged.archives {
            let address = try Digest(hex: digest), target = store.file(for: address)
            if FileSystem.exists(target), (try? Archive.address(ofFile: target)) == address { continue }
            try FileSystem.makeFolder(FileSystem.folder(of: target), mode: 0o700)
            try FileSystem.rename("\(staged.folder)/checkpoints/\(digest).npz", to: target)
            added += 1
        }
        return added
    }

    /// Moves a job's folder to its place. What lies there belongs to no job of the catalog: an import that was killed left it.
    private func place(_ name: String, _ staged: StagedBundle, as target: String) throws {
        if FileSystem.exists(target) { try FileManager.default.removeItem(atPath: target) }
        try FileSystem.rename("\(staged.folder)/\(name)", to: target)
    }

    private func insert(_ job: StagedBundle.Job, _ staged: StagedBundle, origin: RunOrigin?, by importer: String, at time: Double, _ writer: CatalogWriter) throws {
        guard let facts = RunFacts(JSONValue(stored: job.text)), let own = job.record.run else { throw BundleError(staged.bundle.path, "runs/\(job.record.id) is not a run") }
        let folder = storage.run(job.record.id)
        let run = NewRun(
            specification: job.text, specificationDigest: job.digest, model: facts.model, dataset: facts.dataset, seed: facts.seed, steps: facts.steps, objective: own.objective,
            study: own.study, position: own.position, setting: own.setting, priority: job.record.end.priority, requestedThreads: job.record.end.requestedThreads,
            requestedKernels: own.requestedKernels)
        try place("runs/\(job.record.id)", staged, as: folder.path)
        do {
            let number = try writer.insert(imported: run, id: job.record.id, attempt: job.record.attempt, outcome: job.record.end.outcome, origin: origin, created: job.record.end.created)
            var tail = EventTail(path: folder.events, offset: 0)
            while let batch = try tail.next() { _ = try writer.ingest(batch, into: writer.reader.requiredRun(job.record.id), at: time) }
            try writer.settle(imported: .training(number), job.record.end, attempts: job.record.attempts.map { $0.of(.training(number)) }, history: own.history)
            let here = Set(staged.archives), gone = try job.checkpoints.filter { try !here.contains($0.digest) && !FileSystem.exists(storage.archive($0.digest)) }
            try writer.markRemoved(ofRun: number, steps: gone.map(\.step), at: time)
            try writer.markDeleted(ofRun: writer.reader.requiredRun(job.record.id), steps: own.deleted, by: importer, at: time)
        } catch {
            // The transaction is undone; so is the folder.
            try? FileManager.default.removeItem(atPath: folder.path)
            throw error
        }
    }

    private func insert(evaluation job: StagedBundle.Job, _ staged: StagedBundle, at time: Double, _ writer: CatalogWriter) throws -> Bool {
        guard try writer.reader.evaluationJob(job.record.id) == nil, let own = job.record.evaluation, let run = try writer.reader.run(own.run) else { return false }
        let folder = storage.evaluation(job.record.id)
        let new = NewEvaluation(
            run: own.run, step: own.step, checkpoint: own.checkpoint, request: job.text, requestDigest: job.digest, priority: job.record.end.priority,
            requestedThreads: job.record.end.requestedThreads)
        try place("evaluations/\(job.record.id)", staged, as: folder.path)
        do {
            let number = try writer.insert(imported: new, id: job.record.id, attempt: job.record.attempt, ofRun: run.number, created: job.record.end.created)
            var tail = EventTail(path: folder.events, offset: 0)
            while let batch = try tail.next() { _ = try writer.ingest(batch, into: writer.reader.requiredJob(job.record.id), at: time) }
            try writer.settle(imported: .evaluation(number), job.record.end, attempts: job.record.attempts.map { $0.of(.evaluation(number)) }, history: [])
            return true
        } catch {
            try? FileManager.default.removeItem(atPath: folder.path)
            throw error
        }
    }
}

extension AttemptRecord {
    fileprivate func of(_ subject: JobReference) -> AttemptRecord {
        var attempt = self
        attempt.subject = subject
        return attempt
    }
}

extension BundleImport.Report {
    /// As the API answers.
    package var json: JSONValue {
        [
            "bundle": .string(bundle), "kind": .string(kind.rawValue), "subject": .string(subject), "title": .string(title), "added": .array(added.map { .string($0) }),
            "present": .array(present.map { .string($0) }), "evaluations": .count(evaluations), "archives": .count(archives), "notebook": .optional(notebook),
        ]
    }
}
