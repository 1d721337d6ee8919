import ArgumentParser
import Canonical
import Execution

/// Where `fidelio serve` has runs executed.
struct SlurmOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp(
            "What executes runs and evaluations: local, slurm, or slurm:PARTITION; may be repeated. Work that asks for none goes to the first. Default: local. See docs/slurm.md.", valueName: "name"))
    var executor: [String] = []
    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp("A further option of sbatch in its long form, such as --time=8:00:00; may be repeated.", valueName: "option"))
    var sbatch: [String] = []
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of unfinished jobs in Slurm.", valueName: "n")) var slurmJobs = 1000
    @Option(parsing: .unconditional, help: ArgumentHelp("Maximum number of elements of one array that run at a time.", valueName: "n")) var slurmThrottle = 256
    @Option(parsing: .unconditional, help: ArgumentHelp("Processors of a job, and threads of its worker, where a run requests no number.", valueName: "n")) var slurmThreads = 1
    @Option(parsing: .unconditional, help: ArgumentHelp("Seconds between two questions to Slurm.", valueName: "seconds")) var slurmPoll = 5.0
    @Option(parsing: .unconditional, help: ArgumentHelp("The program on the nodes. Default: this one, under the same path.", valueName: "path")) var slurmProgram: String?

    func validate() throws {
        for (place, executor) in executor.enumerated() {
            guard executor == "local" || executor == "slurm" || executor.hasPrefix("slurm:") else {
                throw ValidationError("--executor \(executor) is not known; allowed: local, slurm, slurm:PARTITION")
            }
            if let partition = SlurmOptions.partition(executor), partition.isEmpty || !partition.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) {
                throw ValidationError("--executor \(executor): '\(partition)' is not the name of a partition")
            }
            if self.executor[..<place].contains(executor) { throw ValidationError("--executor \(executor) is given twice") }
        }
        for option in sbatch { if let problem = SlurmSettings.problem(of: option) { throw ValidationError("--sbatch: \(problem)") } }
        guard (1...100_000).contains(slurmJobs) else { throw ValidationError("--slurm-jobs \(slurmJobs) is not in 1...100000") }
        guard (1...100_000).contains(slurmThrottle) else { throw ValidationError("--slurm-throttle \(slurmThrottle) is not in 1...100000") }
        guard (1...256).contains(slurmThreads) else { throw ValidationError("--slurm-threads \(slurmThreads) is not in 1...256") }
        guard slurmPoll >= 0.1, slurmPoll <= 3600 else { throw ValidationError("--slurm-poll \(slurmPoll) is not in 0.1...3600") }
        if names.allSatisfy({ $0 == "local" }), !sbatch.isEmpty || slurmProgram != nil { throw ValidationError("--sbatch and --slurm-program require --executor slurm") }
    }

    private static func partition(_ executor: String) -> String? { executor.hasPrefix("slurm:") ? String(executor.dropFirst(6)) : nil }

    /// The executors, the usual one first.
    var names: [String] { executor.isEmpty ? ["local"] : executor }

    /// Of the executors that are partitions of Slurm, in their order.
    var settings: [SlurmSettings] {
        names.filter { $0 != "local" }.map { name in
            var settings = SlurmSettings(program: slurmProgram ?? CommonOptions.executable)
            settings.partition = SlurmOptions.partition(name)
            settings.options = sbatch
            (settings.jobs, settings.throttle, settings.threads, settings.pollInterval) = (slurmJobs, slurmThrottle, slurmThreads, .milliseconds(Int(saturating: slurmPoll * 1000)))
            return settings
        }
    }
}
