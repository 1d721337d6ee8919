import Canonical
import Foundation
import TestSupport
import Testing

/// Commands on a full disk: they exit with 74 immediately and a sentence that names the disk, and read-only commands still work.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: SmallDisk.isPossible, "a small disk of one's own needs root and mounting"))
struct FullDiskCommandTests {
    private let specification = #"{"model":"ns-gan","dataset":"ring","steps":20,"batch_size":16,"evaluation":{"every":10,"samples":256}}"#

    private func isTold(_ outcome: Program.Outcome, _ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(outcome.code == 74 && outcome.complaint.contains(words), "\(outcome)", sourceLocation: sourceLocation)
        #expect(!outcome.complaint.contains("SQLite error") && !outcome.complaint.contains("NSError"), "\(outcome)", sourceLocation: sourceLocation)
    }

    @Test func commandsEndWithTheReason() async throws {
        let disk = try SmallDisk(kilobytes: 6 << 10)
        let storage = disk.path + "/storage"
        // There is space for a catalog but not for checkpoints.
        let run = try await Program.run("run", "-", "--storage", storage, input: specification)
        isTold(run, "No space left on device")
        try disk.fill()
        isTold(try await Program.run("serve", "--no-browser", "--port", "0", "--storage", storage), "disk")
        isTold(try await Program.run("backup", disk.path + "/backup", "--storage", storage), disk.path)
        let pictures = try TemporaryFolder("pictures")
        let array = #"import numpy as n, sys; n.savez(sys.argv[1], images=n.arange(300*64, dtype='u1').reshape(300, 8, 8))"#
        if Tool.hasNumpy {
            #expect(try Tool.python(array, [pictures.path("a.npz")]).status == 0)
            isTold(try await Program.run("dataset", "add", "own", "--from", pictures.path("a.npz"), "--storage", storage), disk.path)
        }
        let list = try await Program.run("runs", "--json", "--storage", storage)
        #expect(list.code == 0 && list.json["runs"]?.arrayValue?.count == 1, "\(list)")
        try disk.clear()
    }

    @Test func aReadOnlyDiskIsRead() async throws {
        let disk = try SmallDisk(kilobytes: 64 << 10)
        let storage = disk.path + "/storage"
        let done = try await Program.run("run", "-", "--json", "--storage", storage, input: specification)
        #expect(done.code == 0, "\(done)")
        try disk.makeReadOnly()
        isTold(try await Program.run("run", "-", "--storage", storage, input: specification), "Read-only file system")
        isTold(try await Program.run("serve", "--no-browser", "--port", "0", "--storage", storage), "Read-only file system")
        let list = try await Program.run("runs", "--json", "--storage", storage)
        #expect(list.code == 0 && list.json["runs"]?.arrayValue?.count == 1, "\(list)")
        let shown = try await Program.run("show", done.json["id"]?.stringValue ?? "", "--json", "--storage", storage)
        #expect(shown.json["run"]?["state"] == "done", "\(shown)")
        // A backup to another disk is still possible.
        let elsewhere = try TemporaryFolder("backup")
        #expect(try await Program.run("backup", elsewhere.path("b"), "--storage", storage).code == 0)
    }
}
