import Canonical
import Foundation
import TestSupport
import Testing

/// `fidelio queue` and `fidelio study --extend` beside a server, and what they say when they are used wrongly.
@Suite("The queue on the command line", .serialized)
struct QueueCommandTests {
    private static let small = #""batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256}"#

    @Test func theQueueIsShownAndChanged() async throws {
        let folder = try TemporaryFolder("queue"), storage = folder.path("storage")
        let server = try await ServingProgram(storage: storage)
        func fidelio(_ words: String..., input: String = "") async throws -> Program.Outcome { try await Program.run(words + ["--storage", storage], input: input) }
        #expect(try await fidelio("queue", "--pause", "--reason", "a quiet start").code == 0)
        let plan = #"{"name":"s","dataset":"ring","models":["ns-gan"],"protocol":{"kind":"single"},"seeds":2,"width":0.0625,"steps":4,\#(Self.small)}"#
        let queued = try await fidelio("study", "-", "--detach", "--priority", "3", input: plan)
        let study = queued.output.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(queued.code == 0 && study.count == 12, "\(queued)")
        let listed = try await fidelio("queue")
        #expect(listed.code == 0 && listed.output.contains("2 queued, 0 running") && listed.output.contains("the queue is paused"), "\(listed)")
        let next = try #require(try await fidelio("queue", "--json").json["next"]?.arrayValue)
        let ids = next.compactMap { $0["id"]?.stringValue }
        #expect(next.count == 2 && next.allSatisfy { $0["priority"] == 3 && $0["submitted_by"] == "local" })
        #expect(try await fidelio("queue", ids[0], "--last").code == 0)
        #expect(try await fidelio("queue", "--json").json["next"]?[1]?["id"]?.stringValue == ids[0])
        #expect(try await fidelio("queue", study, "--limit", "1", "--hours", "20:00-07:00", "--time-zone", "UTC", "--save").code == 0)
        #expect(try await fidelio("queue", study, "--hours", "always").code == 0)
        // More seeds; then everything runs.
        let extended = try await fidelio("study", "--extend", study, "--add-seeds", "1", "--detach", "--reason", "one more")
        #expect(extended.code == 0 && extended.output.contains("1 run is added"), "\(extended)")
        #expect(try await fidelio("queue", "--resume").code == 0)
        let whole = try await fidelio("study", "-", "--json", input: plan)
        #expect(whole.code == 0 && whole.json["study"]?["id"]?.stringValue == study && whole.json["study"]?["runs"]?["done"] == 3, "\(whole)")
        let shown = try await fidelio("show", ids[0])
        for text in ["submitted", "moved to be last in the queue", "the queue was resumed", "1 run was added to study \(study): one more"] {
            #expect(shown.output.contains(text), "\(text) in \(shown.output)")
        }
        let wrong: [([String], String)] = [
            (["queue", ids[0], "--priority", "1"], "has ended already"), (["queue", "--pause", "--resume"], "exclude each other"), (["queue", ids[0]], "nothing is to be changed"),
            (["queue", "--limit", "many"], "neither a number"), (["queue", "--hours", "20:00"], "two times of day"), (["queue", "--save", "--limit", "2"], "no effect"),
            (["queue", "--executor", "slurm"], "executor"), (["study", "--extend", study], "nothing is to be added"), (["study", "-", "--add-seeds", "2"], "without --extend"),
        ]
        for (words, problem) in wrong {
            let outcome = try await Program.run(words + ["--storage", storage], input: plan)
            #expect(outcome.code != 0 && outcome.complaint.contains(problem), "\(words): \(outcome)")
        }
        #expect(try await server.end(SIGTERM) == 0)
    }
}
