import ArgumentParser
import Workbench

struct WorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Train the run of a folder; started by the server.", shouldDisplay: false)

    @Argument(help: "The run's folder.") var folder: String
    @Option(help: "The storage folder.") var storage: String
    @Option(help: "Threads to compute with.") var threads = 1
    @Option(help: "scalar, avx2 or avx512.") var kernels: String?

    mutating func perform() async throws -> Int32 {
        let run = RunFolder(path: folder)
        guard let lock = try FileLock.acquire(run.lock, patience: .seconds(1)) else {
            throw CommandFailure("\(folder): another worker holds this run", code: WorkerExitCode.held)
        }
        defer { withExtendedLifetime(lock) {} }
        throw CommandFailure("this program cannot train yet", code: WorkerExitCode.failed)
    }
}
