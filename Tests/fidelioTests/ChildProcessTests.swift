import Foundation
import TestSupport
import Testing

/// The foundation of all tests that start programs.
@Suite("Child processes")
struct ChildProcessTests {
    @Test func codesAndSignalsAreTold() async throws {
        #expect(try await ChildProcess("/bin/sh", ["-c", "exit 7"]).end() == 7)
        #expect(try await ChildProcess("/bin/sh", ["-c", "kill -TERM $$"]).end() == -SIGTERM)
        #expect(throws: ChildProcess.Problem.self) { try ChildProcess("/nothing/here") }
    }

    @Test func outputLargerThanAPipeComesWhole() async throws {
        let outcome = try await Tool.finish("/bin/sh", ["-c", "head -c 300000 /dev/zero; cat; echo aside >&2"], input: "input")
        #expect(outcome.status == 0 && outcome.output.utf8.count == 300_005 && outcome.output.hasSuffix("input") && outcome.errors == "aside\n")
        #expect(try Tool.run("/bin/sh", ["-c", "echo a; echo b >&2"]).output == "a\nb\n")
    }

    @Test func aChildThatGoesOnIsKilledWithItsGroup() async throws {
        let folder = try TemporaryFolder("child")
        let child = try ChildProcess("/bin/sh", ["-c", "sleep 600 & echo $!; wait"], output: .file(folder.path("pid")))
        var inner: pid_t = 0
        for _ in 0..<1000 where inner == 0 {
            inner = pid_t(String(decoding: try folder.bytes("pid"), as: UTF8.self).trimmingCharacters(in: .newlines)) ?? 0
            try await Task.sleep(for: .milliseconds(10))
        }
        await #expect(throws: ChildProcess.Problem.self) { try await child.end(within: 0.05) }
        #expect(try await child.end() == -SIGKILL)
        try await waitUntil { !isAlive(inner) }
        #expect(inner > 1 && !isAlive(inner))
    }

    /// Neither a zombie, which another process may have to reap, nor gone.
    private func isAlive(_ process: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return !status.isEmpty && status.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    /// A child that closed all descriptors and keeps running blocks nothing, and no trace is left of exited ones.
    @Test func endsAreNoticedBesideAChildThatClosedAll() async throws {
        let closed = try ChildProcess("/bin/bash", ["-c", "for d in /proc/self/fd/*; do d=${d##*/}; eval \"exec $d>&-\"; done; sleep 600"])
        for _ in 0..<20 { #expect(try await ChildProcess("/bin/true").end(within: 60) == 0) }
        #expect(closed.isRunning)
        closed.send(SIGKILL)
        #expect(try await closed.end(within: 60) == -SIGKILL)
        #expect(kill(closed.id, 0) == -1)
    }

    @Test func nothingOfOursIsInherited() async throws {
        let pipe = Pipe()
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFD, 0)
        let outcome = try await Tool.finish("/bin/ls", ["-l", "/proc/self/fd"])
        #expect(!outcome.output.contains("pipe:") && !outcome.output.contains("socket:"), "\(outcome.output)")
        withExtendedLifetime(pipe) {}
    }
}
