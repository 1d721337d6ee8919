import Engine
import ArgumentParser
import Canonical

struct BenchPairCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair",
        abstract: "Two single-threaded runs in parallel against one run with two threads.",
        discussion: """
            Both train ns-gan on 28x28 images. The rounds alternate; the result is the median of their ratios.

            EXAMPLE
              fidelio bench pair --rounds 5
            """)

    @OptionGroup var options: BenchOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("Number of rounds. Default: 5, with --quick 2.", valueName: "n")) var rounds: Int?

    func validate() throws {
        if options.threads != nil { throw ValidationError("--threads has no effect: a pair is always two runs with one thread against one with two") }
        if let rounds, !(1...1000).contains(rounds) { throw ValidationError("--rounds \(rounds) is not in 1...1000") }
    }

    mutating func perform() async throws -> Int32 {
        let settings = try options.settings()
        let count = rounds ?? (options.quick ? 2 : 5)
        let rounds = try (0..<count).map { round in
            Console.remark("measuring round \(round + 1) of \(count)")
            return (
                apart: try Self.stepsPerSecond(processes: 2, threads: 1, settings),
                together: try Self.stepsPerSecond(processes: 1, threads: 2, settings)
            )
        }
        let apart = BenchTimes(rounds.map(\.apart)).median
        let together = BenchTimes(rounds.map(\.together)).median
        let ratio = BenchTimes(rounds.map { $0.apart / $0.together }).median
        if options.json {
            Console.say([
                "two_of_one_thread": .number(apart), "one_of_two_threads": .number(together), "ratio": .number(ratio),
                "rounds": .integer(Int64(rounds.count)), "kernels": .string(settings.kernels.rawValue), "unit": "steps per second",
            ])
        } else {
            Console.say(
                """
                two processes with one thread each   \(BenchResult.fixed(apart, 2)) steps/s in total
                one process with two threads         \(BenchResult.fixed(together, 2)) steps/s
                ratio                                \(BenchResult.fixed(ratio, 3)) (median of \(rounds.count) rounds)
                """)
        }
        return 0
    }

    /// Total steps per second of all processes, training concurrently.
    private static func stepsPerSecond(processes: Int, threads: Int, _ settings: BenchSettings) throws -> Double {
        let children = try (0..<processes).map { _ in try BenchChild(threads: threads, kernels: settings.kernels, seconds: settings.seconds) }
        for child in children { _ = try child.firstStep() }
        for child in children { child.go() }
        return try children.reduce(0) { try $0 + $1.finish().stepsPerSecond }
    }
}
