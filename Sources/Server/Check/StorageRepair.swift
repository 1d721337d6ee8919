import Archives
public import Canonical
import Catalog
import Codecs
import Datasets
import Events
import Execution
import Foundation
public import Models
import Results
public import Storage
import Studies
import Training

/// Makes again what `StorageCheck` found damaged or missing, where a specification decides it: the run is repeated, in a folder of its own, from its newest intact checkpoint to
/// each damaged step. What it writes takes the place of what is damaged only if it has the digest that the catalog names. Nothing else of the storage changes, so that it can run
/// next to a server, and a kill leaves the storage as it was but for what is whole again.
public struct StorageRepair: Sendable {
    /// What became of a damage.
    public struct Outcome: Sendable, Equatable {
        public enum State: String, Sendable {
            /// The file has the content of its digest.
            case repaired
            /// A rerun gave other content: program or machine do not compute what they did.
            case different
            /// It was not possible.
            case failed
        }

        public var damage: StorageCheck.Damage
        public var state: State
        /// What happened, in one sentence.
        public var detail: String
    }

    let storage: StorageFolder
    let models: [any StudyModel]
    let threads: Int
    let shouldStop: @Sendable () -> Bool

    /// - Parameters:
    ///   - threads: of the reruns; no result depends on it
    ///   - shouldStop: polled between steps; once true, the repair ends with `CancellationError`
    public init(storage: StorageFolder, models: [any StudyModel] = ModelCatalog.all, threads: Int = 1, shouldStop: @escaping @Sendable () -> Bool = { false }) {
        (self.storage, self.models, self.threads, self.shouldStop) = (storage, models, threads, shouldStop)
    }

    private var place: String { storage.root + "/repairs" }

    /// - Parameter tell: is told what is being done
    /// - Returns: what became of each damage with an automatic remedy
    /// - Errors: `CancellationError`; `FileError`, also if another repair is at work; `CatalogError`
    public func repair(_ damages: [StorageCheck.Damage], tell: (String) -> Void = { _ in }) throws -> [Outcome] {
        try FileSystem.makeFolder(place, mode: 0o700)
        guard let lock = try FileLock.acquire(place + "/lock") else { throw FileError("lock", place, reason: "another repair is at work") }
        defer { withExtendedLifetime(lock) {} }
        let catalog = try Catalog.openForReading(at: storage.catalog)
        defer { try? catalog.close() }
        var outcomes: [Outcome] = []
        for damage in damages {
            switch damage.remedy {
            case .rewrite: outcomes.append(rewrite(damage, catalog))
            case .retrain: outcomes.append(setAside(damage))
            case .rerun, .byHand: continue
            }
        }
        let reruns = damages.filter { $0.remedy == .rerun }
        for id in reruns.compactMap(\.run).reduce(into: [] as [String], { if !$0.contains($1) { $0.append($1) } }) {
            outcomes += try remake(reruns.filter { $0.run == id }, run: id, catalog, tell)
        }
        return outcomes
    }

    private func rewrite(_ damage: StorageCheck.Damage, _ catalog: Catalog) -> Outcome {
        do {
            let run = try catalog.readNow { try $0.requiredRun(damage.run ?? "") }
            try AtomicFile.write(Array(run.specification.utf8), to: storage.run(run.id).specification, mode: 0o600)
            return Outcome(damage: damage, state: .repaired, detail: "written anew from the catalog")
        } catch {
            return Outcome(damage: damage, state: .failed, detail: "\(error)")
        }
    }

    private func setAside(_ damage: StorageCheck.Damage) -> Outcome {
        do {
            try FileSystem.removeForGood("\(storage.root)/\(damage.file)")
            return Outcome(damage: damage, state: .repaired, detail: "removed: the next evaluation trains an identical one")
        } catch {
            return Outcome(damage: damage, state: .failed, detail: "\(error)")
        }
    }

    // MARK: - Reruns

    private func remake(_ damages: [StorageCheck.Damage], run id: String, _ catalog: Catalog, _ tell: (String) -> Void) throws -> [Outcome] {
        // An archive may be whole again since another run that has it too was repeated.
        let open = damages.filter { !isWhole($0) }
        var outcomes = damages.filter(isWhole).map { Outcome(damage: $0, state: .repaired, detail: "made again with another run") }
        guard !open.isEmpty else { return outcomes }
        let folder = "\(place)/\(id)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            let run = try catalog.readNow { try $0.requiredRun(id) }
            let scratch = try prepare(run, before: open.compactMap(\.step).min() ?? 0, in: folder, catalog)
            for step in Set(open.compactMap(\.step)).sorted() {
                tell("run \(id): training to step \(step)")
                try train(run, in: scratch, to: step)
                if shouldStop() { throw CancellationError() }
            }
            return outcomes + open.map { take($0, run, scratch) }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if ObstacleToWriting.isOne(error) { throw error }
            outcomes += open.map { Outcome(damage: $0, state: .failed, detail: "the rerun failed: \(ErrorSentence.of(error))") }
            return outcomes
        }
    }

    private func isWhole(_ damage: StorageCheck.Damage) -> Bool {
        guard damage.kind == .archive, let path = try? storage.archive(damage.digest) else { return false }
        return (try? Archive.address(ofFile: path))?.hex == damage.digest
    }

    /// A storage with the data sets and feature extractors of this one and the folder of one run, which continues from its newest intact checkpoint before a step.
    private func prepare(_ run: RunRecord, before step: Int, in folder: String, _ catalog: Catalog) throws -> StorageFolder {
        // Left by a repair that was killed.
        if FileSystem.exists(folder) { try FileManager.default.removeItem(atPath: folder) }
        try FileSystem.makeFolder(folder, mode: 0o700)
        let scratch = StorageFolder(root: folder, catalog: folder + "/fidelio.sqlite")
        for name in try FileSystem.names(in: storage.root) where Self.shared.contains(name) {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: "\(storage.root)/\(name)")
        }
        try FileSystem.makeFolder(scratch.archives, mode: 0o700)
        let place = scratch.run(run.id)
        try FileSystem.makeFolder(scratch.runs, mode: 0o700)
        try place.prepare(specification: run.specification)
        let (known, removed) = try catalog.readNow { (try $0.checkpoints(ofRun: run.number), try $0.removedCheckpoints(ofRun: run.number)) }
        for checkpoint in known.reversed() where checkpoint.step < step && !removed.contains(checkpoint.step) {
            let from = try storage.archive(checkpoint.digest), to = try scratch.archive(checkpoint.digest)
            guard FileSystem.exists(from), (try? Archive.address(ofFile: from))?.hex == checkpoint.digest else { continue }
            try FileSystem.makeFolder(FileSystem.folder(of: to), mode: 0o700)
            try FileManager.default.linkItem(atPath: from, toPath: to)
            let told = RunEvent.Checkpoint(step: checkpoint.step, digest: checkpoint.digest, bytes: checkpoint.bytes, final: false)
            try AtomicFile.write(RunEvent(time: 0, kind: .log(version: RunEvent.version)).line + RunEvent(time: 0, kind: .checkpoint(told)).line, to: place.events)
            break
        }
        return scratch
    }

    /// What a rerun reads of the storage; what it reads is compared with digests.
    private static let shared: Set<String> = ["datasets", "encoders", "extractors", "references"]

    private func train(_ run: RunRecord, in scratch: StorageFolder, to step: Int) throws {
        let training = TrainingRun(
            folder: scratch.run(run.id), storage: scratch.root, threads: threads, objective: run.objective, models: models, activations: .fitting(bytes: MachineMemory().limit),
            stopsAfter: step < run.steps ? step : nil, shouldStop: shouldStop)
        _ = try training.run()
    }

    /// Puts what a rerun wrote in the place of what is damaged, if it is what the catalog names.
    private func take(_ damage: StorageCheck.Damage, _ run: RunRecord, _ scratch: StorageFolder) -> Outcome {
        func outcome(_ state: Outcome.State, _ detail: String) -> Outcome { Outcome(damage: damage, state: state, detail: detail) }
        do {
            if damage.kind == .samples {
                let path = "\(scratch.root)/\(damage.file)"
                guard FileSystem.exists(path) else { return outcome(.failed, "the rerun wrote no sample grid at this step") }
                let bytes = try FileSystem.read(path, limit: 1 << 28), found = Digest.sha256(try PNG.decode(bytes).pixels).hex
                guard found == damage.digest else { return outcome(.different, "the rerun drew pixels with the digest \(found)") }
                try FileSystem.makeFolder(storage.run(run.id).samples, mode: 0o700)
                try AtomicFile.write(bytes, to: "\(storage.root)/\(damage.file)", mode: 0o600)
                return outcome(.repaired, "made again by a rerun to step \(damage.step ?? 0), with the same digest")
            }
            let digest = try Digest(hex: damage.digest), store = try ArchiveStore(root: scratch.archives)
            guard store.contains(digest) else {
                let written = try FileSystem.read(scratch.run(run.id).events).split(separator: 10).compactMap { line -> String? in
                    guard case .checkpoint(let told)? = try? RunEvent(line: Array(line)).kind, told.step == damage.step else { return nil }
                    return told.digest
                }
                guard let other = written.last else { return outcome(.failed, "the rerun wrote no checkpoint at this step") }
                return outcome(.different, "the rerun wrote a checkpoint with the digest \(other)")
            }
            try ArchiveStore(root: storage.archives).put(try store.read(digest, threads: threads), threads: threads)
            return outcome(.repaired, "made again by a rerun to step \(damage.step ?? 0), with the same digest")
        } catch {
            return outcome(.failed, "\(ErrorSentence.of(error))")
        }
    }
}

extension StorageRepair.Outcome {
    /// As `fidelio fsck --repair --json` prints it.
    public var json: JSONValue { damage.json.adding("repair", .string(state.rawValue)).adding("detail", .string(detail)) }
}
