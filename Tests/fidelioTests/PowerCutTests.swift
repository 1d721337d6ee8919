import Canonical
import Foundation
import TestSupport
import Testing

/// Acknowledged changes survive a power cut: on a separate ext4 file system that is shut down without a flush, as if
/// unplugged.
@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil, "one of the long tests"),
    .enabled(if: CuttableDisk.isPossible, "cutting a disk's power needs root, mkfs.ext4 and loop devices"))
struct PowerCutTests {
    private struct Desk {
        let storage: String
        let url: String
        let token: String

        init(_ storage: String, _ announcement: JSONValue) throws {
            self.storage = storage
            url = try #require(announcement["url"]?.stringValue)
            token = try #require(try JSONValue(parsing: FileSystem.read(storage + "/server.json"))["token"]?.stringValue)
        }

        func ask(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue {
            let data = body.map { ["-H", "Content-Type: application/json", "-d", $0] } ?? []
            let outcome = try await Tool.finish(
                "curl", ["-sS", "--max-time", "60", "-X", method, "-H", "Authorization: Bearer \(token)"] + data + ["\(url)/api/v1\(path)"])
            return (try? JSONValue(parsing: outcome.output)) ?? .null
        }
    }

    private func specification(_ seed: Int) -> String {
        #"{"model":"ns-gan","dataset":"ring","steps":60,"batch_size":16,"checkpoint_every":20,"evaluation":{"every":30,"samples":256},"seed":\#(seed)}"#
    }

    private func serve(_ storage: String, _ words: String) async throws -> (RunningProgram, Desk) {
        let server = try RunningProgram(["serve", "--json", "--no-browser", "--port", "0", "--workers", "1", "--storage", storage], output: words)
        return (server, try Desk(storage, try await server.announcement()))
    }

    /// Each round cuts the power right after the last acknowledgement.
    @Test(arguments: 1...3) func whatWasAcknowledgedIsThere(round: Int) async throws {
        let disk = try CuttableDisk()
        let words = try TemporaryFolder("words")
        let storage = disk.path + "/storage"
        let (server, desk) = try await serve(storage, words.path("first"))

        let done = try await Program.run("run", "-", "--json", "--storage", storage, input: specification(round))
        #expect(done.code == 0, "\(done)")
        let id = try #require(done.json["id"]?.stringValue)
        let member = try await desk.ask("POST", "/members", #"{"name":"ada","role":"editor"}"#)
        let removed = try #require(member["member"]?["id"]?.stringValue ?? member["id"]?.stringValue, "\(member.canonicalText)")
        _ = try await desk.ask("DELETE", "/members/\(removed)")
        let share = try await desk.ask("POST", "/shares", #"{"kind":"run","id":"\#(id)","note":"","days":3}"#)
        let link = try #require(share["share"]?["id"]?.stringValue ?? share["id"]?.stringValue, "\(share.canonicalText)")
        _ = try await desk.ask("DELETE", "/shares/\(link)")
        let queued = try #require(try await desk.ask("POST", "/runs", specification(100 + round))["id"]?.stringValue)
        let audit = try await desk.ask("GET", "/audit?limit=100")
        let shares = try await desk.ask("GET", "/shares"), members = try await desk.ask("GET", "/members")
        try disk.cutPower()

        _ = try await server.end(SIGKILL)
        try await endWorkers(of: storage)
        try disk.restorePower()
        let doctor = try await Program.run("doctor", "--all", "--json", "--storage", storage)
        // The disk is small on purpose; nothing else may be wrong.
        let broken = doctor.json["findings"]?.arrayValue?.filter { $0["verdict"] == "problem" && $0["subject"] != "disk" }
        #expect(broken == [], "\(doctor)")
        let shown = try await Program.run("show", id, "--json", "--storage", storage)
        #expect(shown.json["run"]?["state"] == "done" && shown.json["run"]?["final_digest"] == done.json["final_digest"], "\(shown)")

        let (again, after) = try await serve(storage, words.path("second"))
        let names = { (members: JSONValue) in members.arrayValue?.compactMap { $0["id"]?.stringValue } }
        #expect(names(try await after.ask("GET", "/members")) == names(members) && names(members)?.contains(removed) == false)
        #expect(try await after.ask("GET", "/shares") == shares)
        let before = try #require(audit["entries"]?.arrayValue), kept = try #require(try await after.ask("GET", "/audit?limit=200")["entries"]?.arrayValue)
        #expect(before.count >= 6)
        for line in before { #expect(kept.contains(line), "\(line.canonicalText)") }
        let file = try await Tool.finish("curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer \(after.token)", "\(after.url)/api/v1/checkpoints/\(done.json["final_digest"]?.stringValue ?? "").npz"])
        #expect(file.output == "200", "\(file)")
        // Queued and running work resumes and completes.
        for _ in 0..<1500 {
            if try await after.ask("GET", "/runs/\(queued)")["state"] == "done" { break }
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try await after.ask("GET", "/runs/\(queued)")["state"] == "done")
        _ = try await again.end(SIGTERM)
    }

    /// Workers outlive a killed server; a power cut ends them too. Only those of this storage are killed, by process id.
    private func endWorkers(of storage: String) async throws {
        for _ in 0..<200 {
            let workers = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { process in
                let words = (FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                return words.contains("worker") && words.contains(storage)
            }
            guard !workers.isEmpty else { return }
            for worker in workers { kill(worker, SIGKILL) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
