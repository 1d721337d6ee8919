import Canonical
import Foundation
import TestSupport

/// The built `fidelio`, run as a person or a script runs it.
struct Program {
    /// Built beside the tests.
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

    /// Runs it to its end. Waits on a thread of its own.
    static func run(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await run(arguments, input: input)
    }

    static func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runBlocking(arguments, input: input) })
            }
        }
    }

    private static func runBlocking(_ arguments: [String], input: String) throws -> Outcome {
        let folder = try TemporaryFolder("output")
        let (outPath, errorPath) = (folder.path("out"), folder.path("error"))
        for file in [outPath, errorPath] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        let inPath = try folder.write(Array(input.utf8), as: "in")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle(forReadingAtPath: inPath)
        process.standardOutput = FileHandle(forWritingAtPath: outPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        try process.run()
        process.waitUntilExit()
        let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Outcome(
            code: code, output: try String(contentsOfFile: outPath, encoding: .utf8),
            complaint: try String(contentsOfFile: errorPath, encoding: .utf8))
    }
}

/// A `fidelio` that runs while a test does; killed at the test's end if it still runs.
final class RunningProgram: @unchecked Sendable {
    // Touched by one test at a time.
    private let process: Process
    private let outputPath: String

    /// - Parameter output: where its standard output goes.
    init(_ arguments: [String], output: String) throws {
        outputPath = output
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = arguments
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    enum RunningError: Error { case didNotSpeak, didNotEnd }

    /// Waits for the first whole line of its output, which is JSON.
    func announcement() async throws -> JSONValue {
        for _ in 0..<3000 {
            let text = (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? ""
            if text.hasSuffix("\n") { return try JSONValue(parsing: text.trimmingCharacters(in: .whitespacesAndNewlines)) }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RunningError.didNotSpeak
    }

    /// Sends a signal and waits for the end.
    /// - Returns: the exit code, negative for the signal that ended it.
    func end(_ signal: Int32) async throws -> Int32 {
        kill(process.processIdentifier, signal)
        for _ in 0..<6000 where process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        guard !process.isRunning else { throw RunningError.didNotEnd }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}

/// A `fidelio serve` that runs while a test does.
struct ServingProgram {
    let storage: String
    let announcement: JSONValue
    private let program: RunningProgram

    init(storage: String) async throws {
        self.storage = storage
        program = try RunningProgram(
            ["serve", "--storage", storage, "--port", "0", "--no-browser", "--json"], output: storage + ".announcement")
        announcement = try await program.announcement()
    }

    func end(_ signal: Int32) async throws -> Int32 { try await program.end(signal) }
}
