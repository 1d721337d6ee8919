import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the speed of the engine on this machine.",
        discussion: """
            Medians of repeated runs after a warm-up, in this process. The machine should do nothing else meanwhile.
            Benchmarks/ measures the same work in PyTorch and compares.

            EXAMPLE
              fidelio bench --quick                              everything, shortly
              fidelio bench --only step-28 --threads 1 --json    one row, for machines
              fidelio bench --list                               the names
              fidelio bench pair              two runs on a thread each against one on two
            """,
        subcommands: [BenchMeasureCommand.self, BenchPairCommand.self, BenchStepsCommand.self],
        defaultSubcommand: BenchMeasureCommand.self)
}
