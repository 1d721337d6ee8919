import Canonical
import Catalog
import Events
import Codecs
import Datasets
import Foundation
import Models
import Studies
import TestSupport
import Training

@testable import Execution
@testable import Storage

/// A storage folder with a whole study that has ended: the small study's plan on polygons, with values and pictures that the test knows, made without
/// training. Run i of a model has the FID `base + spread * i`, its best at the middle of its steps; some runs diverge, fail, collapse or are never run.
struct FinishedStudy {
    static let models = ["mm-gan", "ns-gan", "lsgan", "wgan", "wgan-gp", "dragan", "began", "vae"]
    static let steps = 40

    let folder: TemporaryFolder
    let storage: StorageFolder
    let catalog: Catalog
    let study: StudyRecord

    /// - Parameter protocols: the evaluation protocol's digest of a run, by its position.
    init(settings: Int = 4, seeds: Int = 2, models: [String] = models, protocols: (Int) -> String = { _ in "p1" }) throws {
        folder = try TemporaryFolder("report")
        storage = StorageFolder(root: folder.path("storage"))
        try storage.create()
        catalog = try Catalog.openForWriting(at: storage.catalog)
        let plan = Self.plan(models, ["kind": "wide", "settings": .integer(Int64(settings))], seeds: seeds)
        study = try Self.finish(plan, storage, catalog, protocols)
    }

    /// Another finished study in the same storage.
    /// - Parameter isFlawless: whether every run ends well; otherwise some do not, as in the first one.
    @discardableResult
    func add(_ plan: JSONValue, isFlawless: Bool = false) throws -> StudyRecord { try Self.finish(plan, storage, catalog, isFlawless: isFlawless) { _ in "p1" } }

    static func plan(_ models: [String], _ search: JSONValue, name: String = "Small study <b>*of*</b> | polygons", seeds: Int = 1, grid: JSONValue? = nil) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "dataset": "polygons", "models": .array(models.map { .string($0) }), "protocol": search,
            "seeds": .integer(Int64(seeds)), "width": 0.25, "batch_size": 64, "steps": .integer(Int64(steps)), "sample_every": 20, "checkpoint_every": 20,
            "evaluation": ["every": 20, "samples": 1000, "metrics": ["fid", "kid", "manifold"]],
        ]
        members["grid"] = grid
        return .object(members)
    }

    private static func finish(_ json: JSONValue, _ storage: StorageFolder, _ catalog: Catalog, isFlawless: Bool = false, _ protocols: (Int) -> String) throws -> StudyRecord {
        let planned = try RunPlanner(models: ModelCatalog.schemas, datasets: DatasetStore(root: storage.datasets)).study(reading: json, at: 100)
        let (runs, record) = (planned.runs, planned.record)
        try catalog.writeNow { writer in
            try writer.insert(record)
            for run in runs { _ = try writer.submit(run, at: 100) }
        }
        for run in try catalog.readNow({ try $0.runs(ofStudy: record.id) }) { try settle(run, protocols(run.position ?? 0), storage, catalog, isFlawless: isFlawless) }
        return record
    }

    /// The outcome of a run: one of each kind of failure.
    static func outcome(_ run: RunRecord) -> (outcome: RunOutcome, message: String)? {
        switch (run.model, run.setting ?? 0, run.seed) {
        case ("wgan", 1, 0): (.diverged, "the generator's loss is not finite at step 25")
        case ("wgan", 1, 1): (.diverged, "the generator's loss is not finite | at step 26")
        case ("lsgan", 0, 0): (.timedOut, "timed out after 10 s")
        case ("mm-gan", 2, 0): (.collapsed, "collapsed: generated images differ by 1 % of what the data's do")
        case ("vae", 3, 1): nil
        default: (.done, "")
        }
    }

    /// The best FID of a run.
    static func fid(_ run: RunRecord) -> Double {
        let place = models.firstIndex(of: run.model) ?? 0
        // The settings of a narrow search are closer together.
        let stride = run.specification.contains("\"beta1\":0.5") && (run.setting ?? 0) > 0 ? 3.0 : 11.0
        return 20 + 7 * Double(place) + stride * Double((run.setting ?? 0) * (place % 3 + 1)) + Double(run.seed)
    }

    static func f1(_ run: RunRecord) -> Double { 0.9 - fid(run) / 400 }

    /// The loss of a step: falls by a tenth a step from the setting's number on.
    static func loss(_ run: RunRecord, _ step: Int) -> Double { Double(run.setting ?? 0) - 0.1 * Double(step) }

    private static func settle(_ run: RunRecord, _ protocolDigest: String, _ storage: StorageFolder, _ catalog: Catalog, isFlawless: Bool) throws {
        guard let (outcome, message) = isFlawless ? (.done, "") : outcome(run) else { return }
        let isDone = RunState(of: outcome) == .done
        let end = isDone ? steps : 25
        var events: [RunEvent] = []
        func evaluation(_ step: Int, _ metric: String, _ value: Double) {
            let meaning = metric == "fid" ? protocolDigest : "\(protocolDigest)-\(metric)"
            let value = RunEvent.Evaluation(
                step: step, metric: metric, value: value, protocolDigest: meaning, encoder: "lenet-polygons", encoderDigest: "e1e1e1e1e1e1e1", samples: 1000,
                referenceSplit: "test")
            events.append(RunEvent(time: 1, kind: .evaluation(value)))
        }
        for step in stride(from: 20, through: end, by: 20) {
            evaluation(step, "fid", fid(run) + (step == 20 ? 0 : 3))
            evaluation(step, "kid", fid(run) / 1000)
            let file = "samples/step-\(step).png"
            try draw(run, step, file, storage)
            let sample = RunEvent.Samples(step: step, file: file, digest: "d", rows: 4, columns: 4, width: 28, height: 28, channels: 1)
            events.append(RunEvent(time: 1, kind: .samples(sample)))
        }
        if isDone {
            for (metric, value) in [("precision", 0.8), ("recall", 0.3), ("f1", f1(run))] { evaluation(end, metric, value) }
        }
        for step in 1...end {
            let line = #"{"type":"metrics","time":1,"step":\#(step),"values":{"discriminator_loss":\#(loss(run, step)),"generator_loss":1}}"#
            events.append(try RunEvent(line: Array(line.utf8)))
        }
        events.append(RunEvent(time: 1, kind: .progress(step: end, rate: nil, remaining: nil)))
        let batch = EventBatch(start: 0, end: 10, events: events)
        try catalog.writeNow { writer in
            try writer.start(run: run.number, threads: 1, at: 200, reason: "started")
            _ = try writer.ingest(batch, into: try writer.reader.requiredRun(run.id), at: 201)
            try writer.finish(run: run.number, as: outcome, message: message, at: 210 + Double(run.number))
        }
    }

    /// A grid whose gray level identifies its run and step.
    static func grid(_ run: RunRecord, _ step: Int) -> [UInt8] {
        let level = UInt8(truncatingIfNeeded: 40 + 3 * Int(run.number) + step)
        return PNG.encode(PixelImage(width: 115, height: 115, channels: 1, pixels: (0..<115 * 115).map { $0 % 115 % 29 == 28 || $0 / 115 % 29 == 28 ? 255 : level }))
    }

    private static func draw(_ run: RunRecord, _ step: Int, _ file: String, _ storage: StorageFolder) throws {
        let path = storage.run(run.id).path
        try FileSystem.makeFolder(path + "/samples")
        try AtomicFile.write(grid(run, step), to: "\(path)/\(file)")
    }

    func runs() throws -> [RunRecord] { try catalog.readNow { try $0.runs(ofStudy: study.id) } }
}
