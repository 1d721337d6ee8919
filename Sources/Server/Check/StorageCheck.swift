import Archives
public import Canonical
import Catalog
import Datasets
import Events
import Foundation
public import Models
import Results
public import Storage
import Studies
import Training

/// Compares everything in a storage that has a digest with it, and says of what is damaged or missing whether it can be made again from a specification. It changes nothing and
/// can run next to a server.
///
/// Checkpoints that were deleted on purpose, or left out of a bundle, have no archive and miss none.
public struct StorageCheck: Sendable {
    /// Something that has not the content that its digest names.
    public struct Damage: Sendable, Equatable {
        /// What it is.
        public enum Kind: String, Sendable, CaseIterable { case catalog, plan, specification, request, log, archive, samples, object, dataset, encoder }

        public var kind: Kind
        /// The run that it belongs to; nil for what belongs to none.
        public var run: String?
        /// The step, of an archive and of a sample grid.
        public var step: Int?
        /// The file, relative to the storage.
        public var file: String
        public var isMissing: Bool
        /// What is wrong, in one sentence.
        public var problem: String
        /// The digest that the content should have; empty where it is not known.
        public var digest = ""
        /// What makes it whole again.
        public var remedy: Remedy
    }

    /// What makes a damaged file whole again.
    public enum Remedy: Sendable, Equatable {
        /// A rerun of the specification to the step of the damage.
        case rerun
        /// Writing it anew from the catalog.
        case rewrite
        /// Removing it: the next evaluation trains an identical one.
        case retrain
        /// Only what people do.
        case byHand(String)

        /// Whether `StorageRepair` can do it.
        public var isAutomatic: Bool { if case .byHand = self { false } else { true } }
    }

    /// What was found.
    public struct Report: Sendable, Equatable {
        /// How many things of each kind were compared.
        public var checked: [Damage.Kind: Int] = [:]
        public var damages: [Damage] = []
        /// Checkpoints without an archive on purpose.
        public var removed = 0
        /// Archives that no checkpoint refers to, as a worker leaves them that was killed before it told of one, and their bytes.
        public var strays = 0, strayBytes: Int64 = 0
    }

    let storage: StorageFolder
    let models: [any StudyModel]

    /// - Parameter models: those that specifications may name
    public init(storage: StorageFolder, models: [any StudyModel] = ModelCatalog.all) { (self.storage, self.models) = (storage, models) }

    /// Reads everything.
    /// - Parameter shouldStop: polled between files; once true, the check ends early
    /// - Errors: `CatalogError` if the catalog cannot be read; `CancellationError` if it was stopped
    public func examine(shouldStop: () -> Bool = { false }) throws -> Report {
        let catalog = try Catalog.openForReading(at: storage.catalog)
        defer { try? catalog.close() }
        var work = Examination(check: self, catalog: catalog)
        try work.examine(shouldStop)
        return work.report
    }
}

/// One pass over a storage.
private struct Examination {
    let storage: StorageFolder
    let catalog: Catalog
    let makers: Remaking
    var report = StorageCheck.Report()
    /// What is wrong with an archive, by digest; nil for an intact one.
    private var archives: [String: (isMissing: Bool, problem: String)?] = [:]

    init(check: StorageCheck, catalog: Catalog) {
        storage = check.storage
        self.catalog = catalog
        makers = Remaking(storage: check.storage, models: check.models)
    }

    mutating func examine(_ shouldStop: () -> Bool) throws {
        for problem in try catalog.readNow({ try $0.integrityProblems() }) { add(.catalog, file: "fidelio.sqlite", problem: problem, .byHand("restore fidelio.sqlite from a backup")) }
        report.checked[.catalog] = 1
        try examineRows()
        for id in try catalog.readNow({ try $0.everyRunID() }) {
            if shouldStop() { throw CancellationError() }
            try examine(run: id)
        }
        for id in try catalog.readNow({ try $0.everyEvaluationJobID() }) {
            guard let job = try catalog.readNow({ try $0.evaluationJob(id) }) else { continue }
            report.checked[.request, default: 0] += 1
            let found = Digest.sha256(Array(job.request.utf8)).hex
            if found != job.requestDigest { add(.request, file: "fidelio.sqlite", problem: "the request of evaluation \(id) has the digest \(found), and should have \(job.requestDigest)", digest: job.requestDigest, Self.backup) }
        }
        try examineFiles(shouldStop)
        try examineStrays()
    }

    private static let backup = StorageCheck.Remedy.byHand("restore it from a backup")

    private mutating func add(
        _ kind: StorageCheck.Damage.Kind, run: String? = nil, step: Int? = nil, file: String, isMissing: Bool = false, problem: String, digest: String = "", _ remedy: StorageCheck.Remedy
    ) {
        report.damages.append(StorageCheck.Damage(kind: kind, run: run, step: step, file: file, isMissing: isMissing, problem: problem, digest: digest, remedy: remedy))
    }

    // MARK: - The catalog

    private mutating func examineRows() throws {
        for study in try catalog.readNow({ try $0.studies() }) {
            report.checked[.plan, default: 0] += 1
            let found = Digest.sha256(Array(study.plan.utf8)).hex
            if found != study.digest { add(.plan, file: "fidelio.sqlite", problem: "the plan of study \(study.id) has the digest \(found), and should have \(study.digest)", digest: study.digest, Self.backup) }
        }
        let objects = try catalog.readNow { try $0.checkObjects() }
        report.checked[.object] = objects.count
        for damaged in objects.damaged {
            add(.object, file: "fidelio.sqlite", problem: "the stored \(damaged.kind) \(damaged.digest) has the digest \(damaged.found)", digest: damaged.digest, Self.backup)
        }
    }

    // MARK: - Runs

    private mutating func examine(run id: String) throws {
        let found = try catalog.readNow { reader -> (RunRecord, [CheckpointRecord], [SampleRecord], Set<Int>)? in
            guard let run = try reader.run(id) else { return nil }
            return (run, try reader.checkpoints(ofRun: run.number), try reader.samples(ofRun: run.number), try reader.removedCheckpoints(ofRun: run.number))
        }
        guard let (run, checkpoints, samples, removed) = found else { return }
        examineFolder(run)
        for checkpoint in checkpoints {
            guard !removed.contains(checkpoint.step) else {
                report.removed += 1
                continue
            }
            examine(checkpoint, of: run)
        }
        for sample in samples {
            report.checked[.samples, default: 0] += 1
            do {
                _ = try SampleGridFile.picture(ofRun: id, sample, in: storage)
            } catch {
                let file = "runs/\(id)/\(sample.file)", isMissing = !FileSystem.exists("\(storage.root)/\(file)")
                add(.samples, run: id, step: sample.step, file: file, isMissing: isMissing, problem: isMissing ? "it is missing" : "its pixels are not those of its digest", digest: sample.digest, makers.remedy(run))
            }
        }
    }

    private mutating func examineFolder(_ run: RunRecord) {
        report.checked[.specification, default: 0] += 1
        let own = Digest.sha256(Array(run.specification.utf8)).hex, folder = storage.run(run.id)
        guard own == run.specificationDigest else {
            add(.specification, run: run.id, file: "fidelio.sqlite", problem: "its specification has the digest \(own), and should have \(run.specificationDigest)", digest: run.specificationDigest, Self.backup)
            return
        }
        // A run that never started has none.
        guard FileSystem.isFolder(folder.path) || run.eventsOffset > 0 else { return }
        let file = "runs/\(run.id)/specification.json"
        if !FileSystem.exists(folder.specification) {
            add(.specification, run: run.id, file: file, isMissing: true, problem: "it is missing", digest: own, .rewrite)
        } else if (try? FileSystem.read(folder.specification, limit: 1 << 20)) != Array(run.specification.utf8) {
            add(.specification, run: run.id, file: file, problem: "it is not the specification of the catalog", digest: own, .rewrite)
        }
        guard run.eventsOffset > 0 else { return }
        report.checked[.log, default: 0] += 1
        let log = folder.currentLog.path, size = (try? FileSystem.size(of: log)) ?? 0
        if Int64(size) < run.eventsOffset {
            let isMissing = !FileSystem.exists(log)
            add(
                .log, run: run.id, file: String(log.dropFirst(storage.root.count + 1)), isMissing: isMissing,
                problem: isMissing ? "it is missing" : "it has \(size) bytes, and \(run.eventsOffset) were read from it",
                .byHand("restore it from a backup; the catalog has what it told, and only a bundle of the run needs the file"))
        }
    }

    private mutating func examine(_ checkpoint: CheckpointRecord, of run: RunRecord) {
        if archives[checkpoint.digest] == nil {
            report.checked[.archive, default: 0] += 1
            archives.updateValue(problem(ofArchive: checkpoint.digest), forKey: checkpoint.digest)
        }
        guard case .some(.some(let (isMissing, problem))) = archives[checkpoint.digest] else { return }
        add(.archive, run: run.id, step: checkpoint.step, file: "archives/\(checkpoint.digest.prefix(2))/\(checkpoint.digest).npz", isMissing: isMissing, problem: problem, digest: checkpoint.digest, makers.remedy(run))
    }

    private func problem(ofArchive digest: String) -> (isMissing: Bool, problem: String)? {
        guard let path = try? storage.archive(digest) else { return (true, "'\(digest.prefix(80))' is no digest") }
        guard FileSystem.exists(path) else { return (true, "it is missing") }
        do {
            let found = try Archive.address(ofFile: path).hex
            return found == digest ? nil : (false, "its content has the digest \(found)")
        } catch {
            return (false, "\(ArchiveError(member: error.member, offset: error.offset, error.problem))")
        }
    }

    // MARK: - Data sets, feature extractors, and what nobody needs

    private mutating func examineFiles(_ shouldStop: () -> Bool) throws {
        let store = DatasetStore(root: storage.datasets)
        for error in store.unreadableRecords { add(.dataset, file: "datasets", problem: "\(error)", Self.backup) }
        for status in store.list() where status.bytes != nil {
            if shouldStop() { throw CancellationError() }
            let name = status.description.name
            report.checked[.dataset, default: 0] += 1
            do { _ = try store.load(name) } catch { add(.dataset, file: "datasets/\(name)", problem: "\(error)", .byHand("add it again: fidelio dataset add \(name)")) }
        }
        for name in try FileSystem.isFolder(storage.encoders) ? FileSystem.names(in: storage.encoders) : [] where name.hasSuffix(".npz") {
            if shouldStop() { throw CancellationError() }
            let digest = String(name.dropLast(4))
            guard (try? Digest(hex: digest)) != nil else { continue }
            report.checked[.encoder, default: 0] += 1
            do {
                let told = try Archive.read("\(storage.encoders)/\(name)").manifest["specification"]?.digest.hex
                if told != digest { add(.encoder, file: "encoders/\(name)", problem: "it is the feature extractor of another specification", digest: digest, .retrain) }
            } catch {
                add(.encoder, file: "encoders/\(name)", problem: "\(ArchiveError(member: error.member, offset: error.offset, error.problem))", digest: digest, .retrain)
            }
        }
    }

    private mutating func examineStrays() throws {
        guard FileSystem.isFolder(storage.archives) else { return }
        let needed = Set(try catalog.readNow { try $0.checkpointDigests() }), leaving = Set(try catalog.readNow { try $0.filesToRemove(limit: .max) }.map(\.path))
        for digest in try ArchiveStore(root: storage.archives).digests().map(\.hex) where !needed.contains(digest) && !leaving.contains("archives/\(digest)") {
            report.strays += 1
            report.strayBytes += Int64((try? FileSystem.size(of: storage.archive(digest))) ?? 0)
        }
    }
}

/// Whether what a run wrote can be made again here.
struct Remaking {
    let storage: StorageFolder
    let models: [any StudyModel]
    private let datasets = KnownDatasets()

    init(storage: StorageFolder, models: [any StudyModel]) { (self.storage, self.models) = (storage, models) }

    /// The digests of data sets that were read; each is read once.
    private final class KnownDatasets {
        var digests: [String: Digest?] = [:]
    }

    /// How an archive or a sample grid of a run comes back.
    func remedy(_ run: RunRecord) -> StorageCheck.Remedy { obstacle(run).map { .byHand("restore it from a backup; it cannot be made again here: \($0)") } ?? .rerun }

    /// Why the run cannot be repeated; nil if it can.
    func obstacle(_ run: RunRecord) -> String? {
        guard run.state.isFinal else { return "run \(run.id) is \(run.state.rawValue)" }
        do {
            let specification = try specification(of: run)
            guard specification.numerics == Version.numerics else { return "\(TrainingError.otherNumerics(specification: specification.numerics, program: Version.numerics))" }
            let name = specification.dataset.name
            if datasets.digests[name] == nil { datasets.digests.updateValue(try? DatasetStore(root: storage.datasets).load(name).digest, forKey: name) }
            guard case .some(.some(let found)) = datasets.digests[name] else { return "the data set \(name) is not here" }
            return found == specification.dataset.digest ? nil : "the data set \(name) has other content here"
        } catch {
            return "its specification is not one of this program: \(error)"
        }
    }

    func specification(of run: RunRecord) throws -> Specification { try Specification(canonical: try JSONValue(parsing: Array(run.specification.utf8)), models: models.schemas) }
}

extension StorageCheck.Damage {
    /// As `fidelio fsck --json` prints it.
    public var json: JSONValue {
        let advice: String? = if case .byHand(let advice) = remedy { advice } else { nil }
        return [
            "kind": .string(kind.rawValue), "run": .optional(run), "step": .optional(step), "file": .string(file), "state": .string(isMissing ? "missing" : "damaged"), "problem": .string(problem),
            "digest": digest.isEmpty ? .null : .string(digest), "can_be_made_again": .bool(remedy.isAutomatic), "advice": .optional(advice),
        ]
    }

    /// Run, step, file, and what is wrong.
    public var words: String {
        let place = [run.map { "run \($0)" }, step.map { "step \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return (place.isEmpty ? "" : "\(place): ") + "\(file): \(problem)"
    }
}
