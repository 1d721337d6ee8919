import Foundation

/// External programs as independent implementations: python3 with numpy, for our formats.
public enum Tool {
    public struct Outcome: Sendable {
        /// The exit code, or the negative number of the signal.
        public let status: Int32
        /// Standard output; includes standard error if the two are merged.
        public let output: String
        public let errors: String
    }

    /// The path of a program, or nil if it is not installed.
    public static func path(of program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
    }

    /// Whether python3 with numpy is installed.
    public static let hasNumpy: Bool = (try? python("import numpy"))?.status == 0

    /// Runs a python3 script with arguments. Standard output and error are merged.
    public static func python(_ script: String, _ arguments: [String] = []) throws -> Outcome {
        try run("python3", ["-c", script] + arguments)
    }

    /// Runs a program to its exit on the calling thread. Standard output and error are merged.
    /// - Errors: `ChildProcess.Problem` if it cannot be started, or is still running after a number of seconds
    public static func run(_ program: String, _ arguments: [String], within seconds: Double = 120) throws -> Outcome {
        let folder = try TemporaryFolder("tool")
        let child = try ChildProcess(program, arguments, output: .file(folder.path("output")), errors: .output)
        return Outcome(status: try child.endBlocking(within: seconds), output: try text(folder, "output"), errors: "")
    }

    /// Runs a program to its exit. Standard output and error are separate.
    /// - Errors: as above.
    public static func finish(_ program: String, _ arguments: [String], input: String = "", within seconds: Double = 300) async throws -> Outcome {
        let folder = try TemporaryFolder("tool")
        let child = try ChildProcess(
            program, arguments, input: .file(try folder.write(Array(input.utf8), as: "input")), output: .file(folder.path("output")),
            errors: .file(folder.path("errors")))
        let status = try await child.end(within: seconds)
        return Outcome(status: status, output: try text(folder, "output"), errors: try text(folder, "errors"))
    }

    private static func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
        String(decoding: try folder.bytes(name), as: UTF8.self)
    }
}
