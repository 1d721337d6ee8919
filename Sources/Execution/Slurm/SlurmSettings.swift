/// How attempts are submitted to Slurm.
public struct SlurmSettings: Sendable {
    /// The partition; nil for Slurm's default.
    public var partition: String?
    /// Further options of sbatch, such as "--account=vision" and "--time=8:00:00".
    public var options: [String] = []
    /// The most unfinished jobs at a time.
    public var jobs = 1000
    /// The most elements of an array that run at a time.
    public var throttle = 256
    /// Processors of a job, and threads of its worker, where a run requests no number.
    public var threads = 1
    /// How often Slurm is asked for the states of the jobs.
    public var pollInterval = Duration.seconds(5)
    /// The program of the workers, by its path on the nodes.
    public var program: String
    /// The folder of Slurm's commands; nil to search PATH.
    public var commands: String?

    /// Makes settings with the defaults.
    public init(program: String) { self.program = program }

    /// "slurm", or "slurm:PARTITION": stored with each attempt.
    public var name: String { partition.map { "slurm:\($0)" } ?? "slurm" }

    /// The options of sbatch that the executor sets itself.
    private static let own = [
        "array", "a", "parsable", "export", "export-file", "comment", "job-name", "J", "open-mode", "output", "o", "error", "e", "input", "i", "signal", "cpus-per-task", "c", "ntasks", "n",
        "nodes", "N", "chdir", "D", "wrap", "partition", "p", "hold", "H", "wait", "W", "test-only",
    ]

    /// What is wrong with a further option of sbatch, in one sentence; nil for nothing.
    public static func problem(of option: String) -> String? {
        guard option.hasPrefix("--"), option.count > 2 else { return "'\(option)' is not an option of sbatch in its long form, such as --time=8:00:00" }
        let name = String(option.dropFirst(2).prefix { $0 != "=" })
        if name == "partition" { return "the partition is part of the executor's name: --executor slurm:NAME" }
        return own.contains(name) ? "--\(name) is set by Fidelio itself" : nil
    }
}
