import Canonical
import Foundation
import TestSupport
import Testing

/// `fidelio cancel` after the server was killed: what it cancels stays cancelled when a server starts again.
@Suite("Cancelling without a server", .serialized)
struct CancelCommandTests {
    private struct Left {
        /// "run", "study" or "evaluation", for messages.
        let kind: String
        let command: [String]
        let input: String
        /// Whether the worker is killed with the server; otherwise it is at work when the command is given.
        let killsWorker: Bool
    }

    private static let long = #""model":"ns-gan","dataset":"ring","steps":1000000,"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"evaluation":{"samples":256}"#

    @Test func whatAKilledServerLeftStaysCancelled() async throws {
        let folder = try TemporaryFolder("cancel"), storage = folder.path("storage")
        let ended = try await Program.run(
            "run", "-", "--json", "--storage", storage,
            input: #"{"model":"ns-gan","dataset":"ring","steps":4,"architecture":{"name":"mlp","width":0.0625},"batch_size":16,"evaluation":{"samples":256}}"#)
        let run = try #require(ended.json["id"]?.stringValue, "\(ended)")
        let plan = #"{"name":"s","dataset":"ring","models":["ns-gan"],"protocol":{"kind":"single"},"seeds":1,"steps":1000000,"batch_size":16,"evaluation":{"samples":256}}"#
        var cancelled: [String] = []
        for left in [
            Left(kind: "run", command: ["run", "-"], input: "{\(Self.long)}", killsWorker: true),
            Left(kind: "study", command: ["study", "-"], input: plan, killsWorker: false),
            Left(kind: "evaluation", command: ["evaluate", run, "--metrics", "prd,kid,parzen", "--samples", "10000"], input: "", killsWorker: true),
        ] {
            let server = try await ServingProgram(storage: storage)
            let queued = try await Program.run(left.command + ["--detach", "--storage", storage], input: left.input)
            let id = queued.output.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect(queued.code == 0 && !id.isEmpty, "\(left.kind): \(queued)")
            let job = left.kind == "study" ? try await Self.run(ofStudy: id, storage) : id
            let lock = "\(storage)/\(left.kind == "evaluation" ? "evaluations" : "runs")/\(job)/lock"
            try await waitUntil { (FileLock.holder(of: lock) ?? 0) > 0 }
            let worker = try #require(FileLock.holder(of: lock).flatMap { $0 > 0 ? $0 : nil }, "\(left.kind): no worker")
            #expect(try await server.end(SIGKILL) == -SIGKILL)
            if left.killsWorker { kill(worker, SIGKILL) }
            let outcome = try await Program.run("cancel", id, "--storage", storage)
            #expect(outcome.code == 0 && outcome.output.contains("is cancelled"), "\(left.kind): \(outcome)")
            #expect(!FileLock.isHeld(lock), "\(left.kind): its worker has ended")
            cancelled.append(left.kind == "evaluation" ? "evaluations/\(job)" : "runs/\(job)")
        }
        // The next server starts none of them, and does what is asked of it.
        let server = try await ServingProgram(storage: storage)
        let other = try await Program.run("evaluate", run, "--metrics", "kid", "--json", "--storage", storage)
        #expect(other.code == 0 && other.json["evaluations"]?[0]?["state"] == "done", "\(other)")
        for path in cancelled {
            let job = try await Self.job(path, server)
            #expect(job["state"] == "cancelled" && job["cancelling"] == false, "\(path): \(job.canonicalText)")
            let attempts = try #require(job["attempts"]?.arrayValue)
            #expect(attempts.count == 1 && attempts[0]["ended"]?.numberValue != nil, "\(path): \(attempts)")
            #expect(!FileLock.isHeld("\(storage)/\(path)/lock"))
        }
        #expect(try await server.end(SIGTERM) == 0)
    }

    private static func run(ofStudy id: String, _ storage: String) async throws -> String {
        let listed = try await Program.run("runs", "--filter", "study = '\(id)'", "--json", "--storage", storage)
        return try #require(listed.json["runs"]?[0]?["id"]?.stringValue, "\(listed)")
    }

    /// A run or an evaluation as the API shows it.
    private static func job(_ path: String, _ server: ServingProgram) async throws -> JSONValue {
        let file = try JSONValue(parsing: try String(contentsOfFile: server.storage + "/server.json", encoding: .utf8))
        let (url, token) = (try #require(file["url"]?.stringValue), try #require(file["token"]?.stringValue))
        let answer = try await Tool.finish("curl", ["-sS", "--max-time", "60", "-H", "Authorization: Bearer \(token)", "\(url)/api/v1/\(path)"])
        return try JSONValue(parsing: answer.output)
    }
}
