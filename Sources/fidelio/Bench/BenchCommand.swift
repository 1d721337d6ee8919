import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the speed of the engine on this machine.",
        discussion: """
            Medians of repeated runs after a warm-up, in this process. The machine should be idle.
            Benchmarks/ measures the same work in PyTorch for comparison.

            EXAMPLE
              fidelio bench --quick                              everything, briefly
              fidelio bench --only step-28 --threads 1 --json    one row, for scripts
              fidelio bench --list                               the names
              fidelio bench pair              two runs with one thread each against one with two
            """,
        subcommands: [BenchMeasureCommand.self, BenchPairCommand.self, BenchStepsCommand.self],
        defaultSubcommand: BenchMeasureCommand.self)
}
