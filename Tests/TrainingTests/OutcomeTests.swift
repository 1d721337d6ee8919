import Canonical
import Foundation
import Studies
import Testing

@testable import Training

@Suite(.serialized) struct OutcomeTests {
    @Test func aRunThatDivergesIsAnOutcome() throws {
        // A critic without effective clipping at the largest learning rate runs away within a few hundred steps.
        let specification = try TrainingFixture.specification(
            model: "wgan", steps: 400, hyperparameters: ["learning_rate": 1, "weight_clipping": 100, "discriminator_batchnorm": false, "disc_iters": 1])
        let folder = try TrainingFixture.folder("diverging", specification)
        let outcome = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        guard case .diverged(let step, let reason) = outcome else { Issue.record("the run ended as \(outcome)"); return }
        #expect(reason.contains("no longer finite"))
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
