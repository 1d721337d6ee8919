import Canonical
import Catalog
import Codecs
import Datasets
import Events
import Foundation
import Models
import Studies
import TestSupport
import Testing
import Training

@testable import Archives
@testable import Execution
@testable import Results
@testable import Storage

/// A storage with a study whose runs have logs, grids, checkpoints and attempts as workers leave them, made without training.
struct BundleFixture {
    let folder: TemporaryFolder
    let storage: StorageFolder
    let catalog: Catalog
    let study: StudyRecord

    /// - Parameter scale: of the values, so that two storages can disagree
    init(name: String = "Two models & <script>alert(1)</script>", scale: Double = 1) throws {
        folder = try TemporaryFolder("bundle")
        storage = StorageFolder(root: folder.path("storage"))
        try storage.create()
        catalog = try Catalog.openForWriting(at: storage.catalog)
        let plan = FinishedStudy.plan(["ns-gan", "wgan"], ["kind": "single"], name: name, seeds: 2)
        let planned = try RunPlanner(models: ModelCatalog.schemas, datasets: DatasetStore(root: storage.datasets)).study(reading: plan, at: 100)
        study = planned.record
        try catalog.writeNow { writer in
            try writer.insert(planned.record)
            try writer.insert(planned.runs, at: 100.25)
        }
        for run in try runs() { try settle(run, scale) }
        try catalog.writeNow { try $0.setFinished(study: study.id, at: 400.5) }
    }

    /// An empty storage.
    static func empty() throws -> (folder: TemporaryFolder, storage: StorageFolder, catalog: Catalog) {
        let folder = try TemporaryFolder("bundle-target"), storage = StorageFolder(root: folder.path("storage"))
        try storage.create()
        return (folder, storage, try Catalog.openForWriting(at: storage.catalog))
    }

    func runs() throws -> [RunRecord] { try catalog.readNow { try $0.runs(ofStudy: study.id) } }

    private static let encoder = String(repeating: "e1", count: 32)

    /// A checkpoint of a run's step.
    static func archive(_ run: RunRecord, _ step: Int, _ scale: Double) -> Archive {
        let values = (0..<64).map { Float(scale) * Float($0 + step) + Float(run.seed) + (run.model == "wgan" ? 0.5 : 0) }
        return Archive(entries: [ArrayEntry(name: "generator/weight", shape: [8, 8], elements: .float32(values))], manifest: ["step": .count(step)])
    }

    private func settle(_ run: RunRecord, _ scale: Double) throws {
        let files = storage.run(run.id), store = try ArchiveStore(root: storage.archives)
        try files.prepare(specification: run.specification)
        let diverges = run.model == "wgan" && run.seed == 1
        var lines: [UInt8] = [], time = 200.125
        func say(_ kind: RunEvent.Kind) {
            lines += RunEvent(time: time, kind: kind).line
            time += 0.5
        }
        say(.log(version: RunEvent.version))
        say(.started(RunEvent.Start(step: 0, threads: 2, kernels: "scalar", host: "node-1", program: Version.program, provenance: ["processor": "a processor", "numerics": 1])))
        let content = RunEvent.ProtocolContent(content: ["metric": "fid", "samples": 1000, "scale": .number(scale)])
        say(.protocolContent(content))
        say(.extractor(RunEvent.Extractor(digest: Self.encoder, name: "lenet-polygons", provenance: ["trained": "here"])))
        let end = diverges ? 20 : FinishedStudy.steps
        var last = ""
        for step in stride(from: 20, through: end, by: 20) {
            for point in step - 19...step { say(.metrics(step: point, values: [RunEvent.Value(name: "generator_loss", value: scale / Double(point))])) }
            let value = RunEvent.Evaluation(
                step: step, metric: "fid", value: scale * (40 + Double(run.seed)) / Double(step), protocolDigest: content.digest, encoder: "lenet-polygons", encoderDigest: Self.encoder,
                samples: 1000, referenceSplit: "test")
            say(.evaluation(value))
            let pixels = PixelImage(width: 29, height: 29, channels: 1, pixels: (0..<29 * 29).map { UInt8(truncatingIfNeeded: $0 + step + Int(run.number)) })
            let name = files.sampleName(step: step)
            try AtomicFile.write(PNG.encode(pixels), to: "\(files.path)/\(name)")
            say(.samples(RunEvent.Samples(step: step, file: name, digest: Digest.sha256(pixels.pixels).hex, rows: 1, columns: 1, width: 28, height: 28, channels: 1)))
            let archive = Self.archive(run, step, scale)
            let kept = try store.put(archive)
            last = archive.digest.hex
            say(.checkpoint(RunEvent.Checkpoint(step: step, digest: last, bytes: Int64(kept.bytes), final: step == FinishedStudy.steps)))
        }
        say(.progress(step: end, rate: 12.5, remaining: 0))
        let outcome = diverges ? RunOutcome.diverged : .done
        say(.finished(RunEnd(outcome: outcome, message: diverges ? "the loss is <b>not</b> finite" : "", step: diverges ? end : nil, finalDigest: diverges ? nil : last)))
        try AtomicFile.write(lines, to: files.events)
        try catalog.writeNow { writer in
            try writer.put(AttemptRecord(subject: .training(run.number), number: 1, executor: "local", job: "4711", threads: 2, submitted: 199.5))
            try writer.start(run: run.number, threads: 2, at: 200, reason: "started")
            var tail = EventTail(path: files.events, offset: 0)
            while let batch = try tail.next() { _ = try writer.ingest(batch, into: writer.reader.requiredRun(run.id), at: time) }
            let attempt = AttemptRecord(subject: .training(run.number), number: 1, executor: "local", job: "4711", node: "node-1", threads: 2, state: .running, submitted: 199.5, started: 200)
            try writer.put(attempt.ending(as: .ended, reason: "", at: time))
            try writer.finish(run: run.number, as: outcome, message: diverges ? "the loss is <b>not</b> finite" : "", at: time + 1)
        }
    }

    // MARK: - Bundles

    static func export(_ subject: BundleExport.Subject, of storage: StorageFolder, _ catalog: Catalog, checkpoints: BundledCheckpoints = .chosen, to path: String) throws -> BundleExport.Report {
        try catalog.readNow { try BundleExport(subject, checkpoints: checkpoints, storage: storage, models: ModelCatalog.schemas, $0) }.write(to: path)
    }

    /// The study's bundle.
    func export(_ checkpoints: BundledCheckpoints = .chosen, as name: String = "study.zip") throws -> String {
        _ = try Self.export(.study(study.id), of: storage, catalog, checkpoints: checkpoints, to: folder.path(name))
        return folder.path(name)
    }
}

/// The members of a bundle, to be changed and packed again with a manifest that fits, or with one that does not.
struct OpenedBundle {
    var members: [String: [UInt8]]
    var manifest: JSONValue

    init(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        members = Dictionary(uniqueKeysWithValues: try ZipReader.members(bytes, limit: 1 << 28).map { ($0.name, $0.content) })
        manifest = try JSONValue(parsing: members.removeValue(forKey: "bundle.json") ?? [])
    }

    /// The manifest with the digests of the members as they are.
    var fitting: JSONValue {
        manifest.adding("files", .object(members.mapValues { ["bytes": .count($0.count), "sha256": .string(Digest.sha256($0).hex)] }))
    }

    /// The file.
    /// - Parameter manifest: nil for one that fits
    func packed(_ manifest: JSONValue? = nil) -> [UInt8] {
        let all = members.map { ZipMember(name: $0.key, content: $0.value) } + [ZipMember(name: "bundle.json", content: (manifest ?? fitting).canonicalBytes)]
        return ZipWriter.pieces(all).flatMap { $0 }
    }
}
