import ArgumentParser
import Canonical
import Foundation

/// The child process of `BenchChild`.
struct BenchStepsCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps", abstract: "Train steps on request; started by other benchmarks.", shouldDisplay: false)

    @OptionGroup var options: BenchOptions

    mutating func perform() async throws -> Int32 {
        let settings = try options.settings()
        let runner = try StepRunner(model: BenchCatalog.mainModel, size: 28, channels: 1, device: settings.device())
        runner.run()
        let end = BenchClock.now
        runner.run()
        Console.say(["first_step_at": .number(end)])
        guard try InputFile.firstLine() != nil else { return 0 }
        let start = BenchClock.now
        let before = runner.step
        repeat { runner.run() } while BenchClock.now - start < settings.seconds
        let rate = Double(runner.step - before) / (BenchClock.now - start)
        Console.say(["steps_per_second": .number(rate), "peak_resident_bytes": .number(try ResidentMemory.peak())])
        return 0
    }
}

enum ResidentMemory {
    /// Peak resident memory of this process in bytes. (getrusage would include the parent's from before exec.)
    static func peak() throws -> Double {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            if let kilobytes = Double(line.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) { return kilobytes * 1024 }
        }
        throw CommandFailure("/proc/self/status does not contain the peak memory", code: CommandFailure.Code.failed)
    }
}
