import Foundation
import TestSupport
import Testing

/// The short form of `Tests/long/survival`: 30 faults of a fixed seed on the real server and its real workers, beside the same work undisturbed.
@Suite("Survival, counted", .serialized, .timeLimit(.minutes(10)), .enabled(if: Tool.path(of: "python3") != nil, "python3 is not installed"))
struct SurvivalTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("long/survival").path

    /// With the long tests: on a machine with much other work its waits can run out.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil, "needs FIDELIO_LONG_TESTS"))
    func nothingIsLostDoubledOrChanged() async throws {
        let outcome = try await Tool.finish("python3", [Self.script, "30", "--short", "--fidelio", Program.path], within: 540)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.last == "survival: passed with 30 faults", "\(outcome.output)")
        for (beginning, words) in [("acknowledged ", " changes, 0 lost, 0 doubled: "), ("events ", " of runs compared, 0 lost, 0 doubled"), ("digests ", ", 0 changed"), ("processes ", " 0 left")] {
            #expect(lines.contains { $0.hasPrefix(beginning) && $0.contains(words) }, "\(beginning): \(outcome.output)")
        }
    }

    @Test func wrongOptionsAreNamed() async throws {
        for (options, words) in [(["--kinds", "flood"], "--kinds: flood is not among kill-server, "), (["0"], "at least one fault"), (["1", "--fidelio", "/nowhere"], "there is no program /nowhere")] {
            let outcome = try await Tool.finish("python3", [Self.script, "--fidelio", Program.path] + options)
            #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome)")
        }
    }
}
