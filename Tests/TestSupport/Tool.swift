import Foundation

/// A program of the machine that tests ask as a stranger: python3 with numpy, for our formats.
public enum Tool {
    public struct Outcome: Sendable {
        public let status: Int32
        public let output: String
    }

    /// Whether python3 with numpy is here.
    public static let hasNumpy: Bool = (try? python("import numpy"))?.status == 0

    /// Runs a python3 script with arguments. Standard output and error come back together.
    public static func python(_ script: String, _ arguments: [String] = []) throws -> Outcome {
        try run("/usr/bin/env", ["python3", "-c", script] + arguments)
    }

    public static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
