import Canonical
import Foundation
import TestSupport

/// The built `fidelio`, run as by a user or script.
struct Program {
    /// Built next to the tests.
    static let path: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("fidelio").path
    }()

    struct Outcome: Sendable {
        var code: Int32
        var output: String
        var complaint: String
        var json: JSONValue { (try? JSONValue(parsing: output.trimmingCharacters(in: .whitespacesAndNewlines))) ?? .null }
    }

    /// Runs it to its exit, for at most five minutes.
    static func run(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await run(arguments, input: input)
    }

    static func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let outcome = try await Tool.finish(path, arguments, input: input)
        return Outcome(code: outcome.status, output: outcome.output, complaint: outcome.errors)
    }
}

/// A `fidelio` process that runs during a test; killed at the end of the test if it still runs.
final class RunningProgram: Sendable {
    private let child: ChildProcess
    private let outputPath: String

    /// - Parameter output: destination of its standard output
    init(_ arguments: [String], output: String) throws {
        outputPath = output
        child = try ChildProcess(Program.path, arguments, output: .file(output))
    }

    enum RunningError: Error { case didNotSpeak }

    /// Waits for its first output, JSON on one line or several.
    func announcement() async throws -> JSONValue {
        for _ in 0..<6000 {
            let text = (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? ""
            if text.hasSuffix("\n"), let json = try? JSONValue(parsing: text.trimmingCharacters(in: .whitespacesAndNewlines)) { return json }
            guard child.isRunning else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RunningError.didNotSpeak
    }

    /// Sends a signal and waits for the exit.
    /// - Returns: the exit code, or the negative number of the signal
    func end(_ signal: Int32) async throws -> Int32 {
        child.send(signal)
        return try await child.end()
    }
}

/// A `fidelio serve` process that runs during a test.
struct ServingProgram {
    let storage: String
    let announcement: JSONValue
    private let program: RunningProgram

    init(storage: String, _ arguments: [String] = []) async throws {
        self.storage = storage
        program = try RunningProgram(
            ["serve", "--storage", storage, "--port", "0", "--no-browser", "--json"] + arguments, output: storage + ".announcement")
        announcement = try await program.announcement()
    }

    func end(_ signal: Int32) async throws -> Int32 { try await program.end(signal) }
}
