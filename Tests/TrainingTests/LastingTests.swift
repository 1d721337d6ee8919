import Archives
import Canonical
import Events
import Foundation
import Studies
import TestSupport
import Testing

@testable import Training

/// The output of a run is on disk and verified.
@Suite(.serialized) struct LastingTests {
    private func checkpoints(_ folder: RunFolder) throws -> [JSONValue] {
        try FileSystem.read(folder.events).split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
            .filter { $0["type"] == "checkpoint" }
    }

    /// A worker killed between its last checkpoint and its report resumes from there; the checkpoint is verified first.
    @Test func aDamagedFinalArchiveIsMadeAgain() throws {
        let specification = try TrainingFixture.specification(model: "wgan", seed: 771, steps: 9)
        let folder = try TrainingFixture.folder("final", specification)
        let run = TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1)
        let first = try run.run()
        let store = try ArchiveStore(root: "\(TrainingFixture.storage)/archives")
        let last = try #require(checkpoints(folder).last)
        let digest = try Digest(hex: try #require(last["digest"]?.stringValue))
        #expect(last["final"] == true && first == .done(finalDigest: digest.hex))
        try FileSystem.remove(folder.exit)
        var bytes = try FileSystem.read(store.file(for: digest))
        bytes[bytes.count / 2] ^= 1
        try AtomicFile.write(bytes, to: store.file(for: digest))
        #expect(throws: ArchiveError.self) { try store.read(digest) }
        #expect(try run.run() == first)
        #expect(try store.read(digest).digest == digest)
    }

    /// A checkpoint is found through its line in the log.
    @Test(.enabled(if: WatchedDisk.isAvailable, "calls of fsync cannot be counted under a sanitizer or without glibc"))
    func theLogIsOnTheDiskAtEveryCheckpoint() throws {
        let specification = try TrainingFixture.specification(model: "wgan", seed: 772, steps: 9)
        let folder = try TrainingFixture.folder("synced", specification)
        let disk = WatchedDisk(folder.path)
        _ = try TrainingRun(folder: folder, storage: TrainingFixture.storage, threads: 1).run()
        // Checkpoints after steps 4, 8, and 9, and that of the best value, which is of step 6 at first; the end of the log; the report and its name; four grids and their names; the log's own name.
        #expect(try checkpoints(folder).count == 4 && disk.syncs >= 4 + 1 + 2 + 8 + 1)
    }

    /// Between two workers a run is queued, for an hour here. A worker's first line is `log`; in logs of version 1 it is its phase "dataset".
    @Test(arguments: [true, false])
    func theTimeBetweenTwoWorkersIsNobodys(isVersion1: Bool) {
        func worker(_ begin: Double) -> [RunEvent] {
            let kinds: [(RunEvent.Kind, Double)] = [
                (.log(version: 2), 0), (.phase("dataset", fraction: 0), 0), (.started(.init(step: 0)), isVersion1 ? 0 : 2), (.progress(step: 1, rate: nil, remaining: nil), 10),
            ]
            return (isVersion1 ? Array(kinds.dropFirst()) : kinds).map { RunEvent(time: begin + $0.1, kind: $0.0) }
        }
        #expect(TimeLimit(seconds: 19, earlier: worker(100) + worker(3710)).exceeded == 19)
        #expect(TimeLimit(seconds: 3000, earlier: worker(100) + worker(3710)).exceeded == nil)
    }

    @Test func aClockThatIsSetBackTakesNoTimeFromALimit() {
        let (started, progress) = (RunEvent.Kind.started(.init(step: 0)), RunEvent.Kind.progress(step: 1, rate: nil, remaining: nil))
        let times = [(started, 1000.0), (progress, 1030), (progress, 500), (progress, 520), (started, 100), (progress, 107)]
        let earlier = times.map { RunEvent(time: $0.1, kind: $0.0) }
        // 30 seconds, then 20 after the clock was set back; the second worker 7.
        #expect(TimeLimit(seconds: 56, earlier: earlier).exceeded == 56)
        #expect(TimeLimit(seconds: 5000, earlier: earlier).exceeded == nil)
        #expect(TimeLimit(seconds: 58, earlier: earlier).exceeded == nil)
    }
}
