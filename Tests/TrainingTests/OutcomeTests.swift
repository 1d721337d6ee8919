import Archives
import Canonical
import Codecs
import Foundation
import Studies
import Testing

@testable import Training

@Suite(.serialized) struct OutcomeTests {
    /// A weight that has become NaN, put into a checkpoint by hand, as the state from which the run goes on.
    @Test func aRunThatDivergesIsAnOutcome() throws {
        let specification = try TrainingFixture.specification(model: "wgan", steps: 9)
        let folder = try TrainingFixture.folder("diverging", specification)
        let run = TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1)
        guard case .done = try run.run() else { Issue.record("the run did not end well"); return }
        let archives = try ArchiveStore(root: "\(TrainingFixture.storage)/archives")
        let events = try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
        let checkpoint = try #require(events.first { $0["type"] == "checkpoint" })
        let sound = try archives.read(Digest(hex: checkpoint["digest"]!.stringValue!))
        let poisoned = sound.entries.map { entry -> ArrayEntry in
            guard entry.name == "discriminator/linear4/bias" else { return entry }
            return ArrayEntry(name: entry.name, shape: entry.shape, elements: .float32([.nan]))
        }
        var members = sound.manifest.objectValue!
        members["format"] = nil
        members["tensors"] = nil
        let file = try archives.put(Archive(entries: poisoned, manifest: members))
        var event = checkpoint.objectValue!
        event["digest"] = .string(file.digest.hex)
        try AtomicFile.write(Array((JSONValue.object(event).canonicalText + "\n").utf8), to: folder.events)

        let outcome = try run.run()
        guard case .diverged(let step, let reason) = outcome else { Issue.record("the run ended as \(outcome)"); return }
        #expect(reason == "discriminator_loss is no longer finite")
        let exit = try JSONValue(parsing: FileSystem.read(folder.exit))
        #expect(exit["code"] == 42)
        #expect(exit["outcome"] == "diverged")
        #expect(exit["step"]?.integerValue == Int64(step))
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
        let held = try FileLock(path: folder.lock, waiting: false)
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
