import Archives
import Canonical
import Events
import Codecs
import Foundation
import Studies
import Testing

@testable import Training

@Suite(.serialized) struct OutcomeTests {
    /// Trains nine steps, changes tensors in the checkpoint of step 8, and resumes from there.
    private func outcome(model: String, changing change: (ArrayEntry) -> [Float]?) throws -> (outcome: TrainingOutcome, exit: JSONValue) {
        let specification = try TrainingFixture.specification(model: model, steps: 9)
        let folder = try TrainingFixture.folder("changed", specification)
        let run = TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1)
        _ = try run.run()
        let archives = try ArchiveStore(root: "\(TrainingFixture.storage)/archives")
        let events = try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
        let checkpoint = try #require(events.last { $0["type"] == "checkpoint" && $0["step"] == 8 })
        let sound = try archives.read(Digest(hex: checkpoint["digest"]!.stringValue!))
        let changed = sound.entries.map { entry in
            change(entry).map { ArrayEntry(name: entry.name, shape: entry.shape, elements: .float32($0)) } ?? entry
        }
        #expect(changed.map(\.elements) != sound.entries.map(\.elements))
        var members = sound.manifest.objectValue!
        members["format"] = nil
        members["tensors"] = nil
        let file = try archives.put(Archive(entries: changed, manifest: members))
        var event = checkpoint.objectValue!
        event["digest"] = .string(file.digest.hex)
        try AtomicFile.write(Array((JSONValue.object(event).canonicalText + "\n").utf8), to: folder.events)
        return (try run.run(), try JSONValue(parsing: FileSystem.read(folder.exit)))
    }

    private func poison(_ name: String) -> (ArrayEntry) -> [Float]? {
        { $0.name == name ? [Float](repeating: .nan, count: $0.shape.reduce(1, *)) : nil }
    }

    @Test func aLossThatIsNotFiniteDiverges() throws {
        let (outcome, exit) = try outcome(model: "wgan", changing: poison("discriminator/linear4/bias"))
        #expect(outcome == .diverged(step: 9, reason: "discriminator_loss is no longer finite"))
        #expect(exit["code"] == 42 && exit["outcome"] == "diverged" && exit["step"] == 9)
    }

    /// The moving averages do not affect training, only generation.
    @Test func imagesThatAreNotFiniteDiverge() throws {
        let (outcome, _) = try outcome(model: "lsgan", changing: poison("generator/normalization2/moving_mean"))
        #expect(outcome == .diverged(step: 9, reason: "a generated image is no longer finite"))
    }

    /// Infinite mean squares freeze a parameter: neither a loss nor an image shows it.
    @Test func stateThatIsNotFiniteDiverges() throws {
        let name = "adam/generator/linear1/weight/v"
        let (outcome, _) = try outcome(model: "ns-gan") { entry in
            entry.name == name ? [Float](repeating: .infinity, count: entry.shape.reduce(1, *)) : nil
        }
        #expect(outcome == .diverged(step: 9, reason: "\(name) is no longer finite"))
    }

    /// Zero weights in the generator's last layer: the same image for all latents.
    @Test func oneImageIsACollapse() throws {
        let (outcome, exit) = try outcome(model: "mm-gan") { entry in
            entry.name == "generator/deconvolution4/weight" ? [Float](repeating: 0, count: entry.shape.reduce(1, *)) : nil
        }
        guard case .collapsed(let digest, let reason) = outcome else { Issue.record("\(outcome)"); return }
        #expect(reason == "collapsed: the standard deviation across generated images is 0.0% of that across training images")
        #expect(exit["code"] == 43 && exit["outcome"] == "collapsed" && exit["final_digest"] == .string(digest))
    }

    @Test func diversityIsTheDeviationAmongImages() {
        // Two images of two pixels: variances 0.25 and 1.
        #expect(ImageDiversity.deviation(of: [0, 1, 1, 3], count: 2) == (1.25 / 2).squareRoot())
        #expect(ImageDiversity.deviation(of: [0.5, 0.25, 0.5, 0.25], count: 2) == 0)
    }

    /// A run that exceeds its time limit ends with its current state; the time of earlier workers counts.
    @Test func timeOutIsAnOutcome() throws {
        let folder = try TrainingFixture.folder("late", TrainingFixture.specification(model: "ns-gan"))
        let outcome = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1, timeLimit: 0).run()
        #expect(outcome == .timedOut(step: 0, reason: "timed out: the limit of 0.0 seconds was reached after step 0 of 11"))
        let exit = try JSONValue(parsing: FileSystem.read(folder.exit))
        #expect(exit["code"] == 44 && exit["outcome"] == "timed_out")
        let progress = RunEvent.Kind.progress(step: 1, rate: nil, remaining: nil)
        let earlier = [(100, .started(.init(step: 0))), (130, progress), (500, .started(.init(step: 1))), (520, progress)].map {
            RunEvent(time: $0.0, kind: $0.1)
        }
        #expect(TimeLimit(seconds: 49, earlier: earlier).exceeded == 49)
        #expect(TimeLimit(seconds: 5000, earlier: earlier).exceeded == nil)
        #expect(TimeLimit(seconds: nil, earlier: earlier).exceeded == nil)
    }

    @Test func aChangedSpecificationIsRefused() throws {
        let specification = try TrainingFixture.specification(model: "ns-gan")
        let folder = try TrainingFixture.folder("bad", specification)
        var members = specification.json.objectValue!
        members["stepz"] = 3
        try AtomicFile.write(Array(JSONValue.object(members).canonicalText.utf8), to: folder.specification)
        #expect(throws: FieldError.self) { try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run() }
        #expect(!FileSystem.exists(folder.events))
    }

    @Test func onlyOneWorkerAtARun() throws {
        let folder = try TrainingFixture.folder("busy", TrainingFixture.specification(model: "ns-gan"))
        let held = try FileLock.acquire(folder.lock)
        #expect(held != nil)
        #expect(throws: TrainingError.busy(folder: folder.path)) {
            try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        }
        withExtendedLifetime(held) {}
    }

    @Test func everyEpochShowsEveryImageOnce() {
        var order = DataOrder(images: 10, batchSize: 4, seed: 7)
        let shown = (1...5).flatMap { order.indices(step: $0) }
        #expect(shown.prefix(10).sorted() == Array(0..<10))
        #expect(shown.suffix(10).sorted() == Array(0..<10))
        var later = DataOrder(images: 10, batchSize: 4, seed: 7)
        #expect(later.indices(step: 4) == Array(shown[12..<16]))
    }

    @Test func gridPixels() {
        let grid = SampleGrid(rows: 1, columns: 2, height: 1, width: 1, channels: 1)
        #expect(grid.image([0.5, .nan]).pixels == [128, 255, 0])
        #expect(grid.image([2, -1]).pixels == [255, 255, 0])
    }
}
