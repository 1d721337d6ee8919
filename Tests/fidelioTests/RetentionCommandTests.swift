import Canonical
import Foundation
import TestSupport
import Testing

/// `fidelio retention`, `gc` and `fsck`, and what they say when they are used wrongly.
@Suite("Retention and checks on the command line", .serialized)
struct RetentionCommandTests {
    private static let plan = #"{"name":"s","dataset":"ring","models":["ns-gan"],"protocol":{"kind":"single"},"seeds":1,"width":0.0625,"steps":8,"batch_size":16,"sample_every":4,"checkpoint_every":2,"evaluation":{"every":4,"samples":256}}"#

    @Test func checkpointsGoByTheRuleAndDamageIsRepaired() async throws {
        let folder = try TemporaryFolder("retention"), storage = folder.path("storage")
        func fidelio(_ words: String..., input: String = "") async throws -> Program.Outcome { try await Program.run(words + ["--storage", storage], input: input) }
        let made = try await fidelio("study", "-", "--json", input: Self.plan)
        let study = try #require(made.json["study"]?["id"]?.stringValue), run = try #require(try await fidelio("runs", "--json").json["runs"]?[0]?["id"]?.stringValue)
        #expect(try await fidelio("retention").output.contains("all checkpoints stay"))
        #expect(try await fidelio("gc").output.contains("no study has a retention rule"))
        let set = try await fidelio("retention", study, "--last", "1", "--best", "1")
        #expect(set.code == 0 && set.output.contains("keeps of each run the last and the best"), "\(set)")
        #expect(try await fidelio("retention", run, "--keep", "2").code == 0)
        let preview = try await fidelio("gc", "--dry-run", "--json").json["preview"]
        let going = preview?["studies"]?[0]?["going"]?.arrayValue?.compactMap { $0["step"]?.integerValue } ?? []
        #expect(!going.isEmpty && !going.contains(2) && !going.contains(8) && going.contains(6), "\(preview as Any)")
        #expect(try await fidelio("gc", "--dry-run").output.contains("would delete \(going.count) checkpoints"))
        #expect(try await fidelio("trash", "--json").json == [])
        let cleaned = try await fidelio("gc", study)
        #expect(cleaned.code == 0 && cleaned.output.contains("deleted \(going.count) checkpoints") && cleaned.output.contains("fidelio trash --restore 1"), "\(cleaned)")
        #expect(try await fidelio("trash", "--remove", "1").code == 0)
        #expect(try await fidelio("retention", run, "--release", "2").code == 0)
        #expect(try await fidelio("retention", study, "--off").output.contains("keeps all checkpoints"))

        // What was deleted is not missed, and what is damaged comes back.
        let sound = try await fidelio("fsck")
        #expect(sound.code == 0 && sound.output.contains("no damage") && sound.output.contains("\(going.count) checkpoints have no archive on purpose"), "\(sound)")
        let archives = folder.files.filter { $0.hasPrefix("storage/archives/") && $0.hasSuffix(".npz") }, bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(archives[0])))
        try Data(bytes.prefix(bytes.count / 2)).write(to: URL(fileURLWithPath: folder.path(archives[0])))
        let damaged = try await fidelio("fsck", "--json")
        #expect(damaged.code == 1 && damaged.json["damages"]?[0]?["run"]?.stringValue == run && damaged.json["damages"]?[0]?["can_be_made_again"] == true, "\(damaged)")
        let repaired = try await fidelio("fsck", "--repair", "--threads", "2")
        #expect(repaired.code == 0 && repaired.output.contains("1 damaged or missing, 1 repaired, 0 left"), "\(repaired)")
        #expect(try await fidelio("fsck").code == 0)
        let wrong: [([String], String)] = [
            (["retention", study, "--last", "-1"], "is not in 0...1000"), (["retention", study, "--best", "0"], "is not in 1...1000"), (["retention", "--off"], "name a study"), (["retention", study, "--off", "--last", "1"], "exclude each other"),
            (["retention", run, "--keep", "3"], "has no checkpoint at step 3"), (["retention", "zzz", "--off"], "there is no study zzz"), (["gc", study], "has no retention rule"), (["gc", "zzz"], "there is no study zzz"),
            (["fsck", "--threads", "2"], "--repair only"),
        ]
        for (words, problem) in wrong {
            let outcome = try await Program.run(words + ["--storage", storage])
            #expect(outcome.code == 64 && outcome.complaint.contains(problem), "\(words): \(outcome)")
        }
    }
}
