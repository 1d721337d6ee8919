import Canonical
import Foundation
import Engine

/// A child process of this program that trains steps: for measurements that need a fresh process or two concurrent ones.
final class BenchChild {
    private let process = Process()
    private let commands = Pipe()
    private let answers = Pipe()
    private let began: Double

    /// - Parameter seconds: how long it trains after `go`, at least one step
    init(threads: Int, kernels: KernelSet, seconds: Double) throws {
        process.executableURL = URL(fileURLWithPath: CommonOptions.executable)
        process.arguments = ["bench", "steps", "--threads", "\(threads)", "--kernels", kernels.rawValue, "--seconds", "\(seconds)"]
        process.standardInput = commands
        process.standardOutput = answers
        began = BenchClock.now
        try process.run()
    }

    /// Waits for the first step of the process.
    /// - Returns: seconds from before its start to the end of its first step
    func firstStep() throws -> Double {
        let answer = try read()
        guard let end = answer["first_step_at"]?.numberValue else { throw broken() }
        return end - began
    }

    func go() { commands.fileHandleForWriting.write(Data([0x0A])) }

    /// Waits for the process to end.
    func finish() throws -> (stepsPerSecond: Double, peakResidentBytes: Double) {
        let answer = try read()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let rate = answer["steps_per_second"]?.numberValue, let peak = answer["peak_resident_bytes"]?.numberValue
        else { throw broken() }
        return (rate, peak)
    }

    /// The next line of the process's output.
    private func read() throws -> JSONValue {
        var line: [UInt8] = []
        while true {
            let byte = answers.fileHandleForReading.readData(ofLength: 1)
            guard let byte = byte.first else { throw broken() }
            if byte == 0x0A { return try JSONValue(parsing: line) }
            line.append(byte)
        }
    }

    private func broken() -> CommandFailure { CommandFailure("the benchmark process ended early", code: CommandFailure.Code.failed) }
}
