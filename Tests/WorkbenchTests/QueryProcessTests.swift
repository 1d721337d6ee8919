import Canonical
import Catalog
import Foundation
import TestSupport
import Testing

@testable import Execution
@testable import Storage

/// The server's side of a query: a process that answers, one that does not, and one that says too much.
@Suite("Processes that answer queries")
struct QueryProcessTests {
    /// An executor whose program is a shell script.
    private func executor(_ script: String, _ folder: TemporaryFolder) throws -> LocalExecutor {
        let path = folder.path("program")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        return LocalExecutor(executable: path)
    }

    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func theAnswerIsWhatTheProcessWrote() async throws {
        let folder = try TemporaryFolder("query"), long = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        let echo = try executor("cat; printf ' %s' \"$@\"; echo complaint >&2", folder)
        #expect(text(try await echo.ask(["a", "b c"], input: Array("hello".utf8), seconds: 60, limit: 1 << 20)) == "hello a b c")
        #expect(try await echo.ask([], input: long, seconds: 60, limit: 1 << 20)?.count == 300_001)
        #expect(text(try await echo.ask([], input: [], seconds: 60, limit: 1 << 20)) == " ")
        // It does not read its request.
        #expect(text(try await executor("echo early", folder).ask([], input: [], seconds: 60, limit: 100)) == "early\n")
    }

    @Test func whatFailsHasNoAnswer() async throws {
        let folder = try TemporaryFolder("query")
        #expect(try await executor("echo half; exit 3", folder).ask([], input: [], seconds: 60, limit: 100) == nil)
        #expect(try await executor("echo half; kill -9 $$", folder).ask([], input: [], seconds: 60, limit: 100) == nil)
        #expect(try await executor("cat >/dev/null; yes", folder).ask([], input: [], seconds: 60, limit: 1000) == nil)
        await #expect(throws: WorkerStartError.self) { _ = try await LocalExecutor(executable: "/nowhere/fidelio").ask([], input: [], seconds: 5, limit: 10) }
    }

    @Test func aProcessThatIsLateIsKilled() async throws {
        let folder = try TemporaryFolder("query"), id = folder.path("id")
        let slow = try executor("echo $$ >\(id); exec sleep 600", folder), started = ContinuousClock.now
        #expect(try await slow.ask([], input: [], seconds: 2, limit: 100) == nil)
        #expect(ContinuousClock.now - started < .seconds(60))
        try expectGone(id)
    }

    @Test func aCancelledTaskKillsItsProcess() async throws {
        let folder = try TemporaryFolder("query"), id = folder.path("id")
        let slow = try executor("echo $$ >\(id); exec sleep 600", folder)
        let task = Task { try await slow.ask([], input: [], seconds: 600, limit: 100) }
        while ((try? FileSystem.size(of: id)) ?? 0) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        try expectGone(id)
    }

    private func expectGone(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let process = try #require(Int32(text))
        #expect(kill(process, 0) == -1 && errno == ESRCH, "process \(process) is still there")
    }

    @Test func theWorkbenchReadsTheAnswer() async throws {
        let fixture = try WorkbenchFixture(), folder = try TemporaryFolder("query")
        _ = try executor(#"cat >/dev/null; echo '{"answer":{"columns":["a"],"rows":[[1],[2]],"truncated":true}}'"#, folder)
        let workbench = try fixture.open(executable: folder.path("program"))
        #expect(try await workbench.sql("SELECT 1") == SQLAnswer(columns: ["a"], rows: [[1], [2]], isTruncated: true))
        _ = try executor(#"cat >/dev/null; echo '{"problem":"no such table: x"}'"#, folder)
        await #expect(throws: SQLProblem("no such table: x")) { _ = try await workbench.sql("SELECT 1") }
        _ = try executor("cat >/dev/null; exit 1", folder)
        await #expect(throws: SQLProblem.self) { _ = try await workbench.sql("SELECT 1") }
    }
}
