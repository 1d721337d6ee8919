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

    /// A disk that becomes read-only, or reports errors, under a running server: SQLite tells both alike.
    @Test(.enabled(if: CuttableDisk.isPossible, "needs ext4 on a loop device"), arguments: [true, false])
    func aDiskFailsUnderTheServer(becomesReadOnly: Bool) async throws {
        let disk = try CuttableDisk(megabytes: 64), words = try TemporaryFolder("words")
        let storage = disk.path + "/storage"
        let server = try RunningProgram(["serve", "--json", "--no-browser", "--port", "0", "--storage", storage], output: words.path("first"))
        let url = try #require(try await server.announcement()["url"]?.stringValue)
        let token = try #require(try JSONValue(parsing: FileSystem.read(storage + "/server.json"))["token"]?.stringValue)
        func ask(_ path: String, _ body: String? = nil) async throws -> Tool.Outcome {
            let fields = ["-sS", "--max-time", "60", "-w", " %{http_code}", "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/json"]
            return try await Tool.finish("curl", fields + (body.map { ["-d", $0] } ?? []) + ["\(url)/api/v1\(path)"])
        }
        #expect(try await ask("/members", #"{"name":"ada","role":"viewer"}"#).output.hasSuffix(" 201"))
        if becomesReadOnly { try disk.makeReadOnly() } else { try disk.cutPower() }
        for name in ["bob", "eve"] {
            let refused = try await ask("/members", #"{"name":"\#(name)","role":"viewer"}"#).output
            // Of a disk that reports errors, not even the token may be readable. It is never said that the catalog is damaged.
            let codes = becomesReadOnly ? ["storage-read-only"] : ["storage-unavailable", "catalog-unavailable"]
            #expect(refused.hasSuffix(becomesReadOnly ? " 507" : " 503") && codes.contains(where: refused.contains), "\(refused)")
        }
        if becomesReadOnly { #expect(try await ask("/members").output.hasSuffix(" 200")) }
        _ = try await server.end(SIGKILL)
        try disk.restorePower()
        let again = try await Program.run("member", "list", "--json", "--storage", storage)
        #expect(again.code == 0 && again.json.arrayValue?.compactMap { $0["name"]?.stringValue } == ["owner", "ada"], "\(again)")
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
