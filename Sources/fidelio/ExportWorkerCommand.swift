import API
import Archives
import ArgumentParser
import Canonical
import Datasets
import Dispatch
import Execution
import Foundation
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct ExportWorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-worker", abstract: "Make one requested file; started by the server.",
        discussion: """
            EXIT CODES
              0 done    1 failed    64 cannot be made    66 not in the storage    74 a file cannot be written
            """,
        shouldDisplay: false)

    @Argument(help: "The export, as JSON.") var export: String
    @Option(parsing: .unconditional, help: "The storage folder.") var storage: String
    @Option(parsing: .unconditional, help: "The file to write.") var output: String
    @Option(parsing: .unconditional, help: "Threads to compute with.") var threads = 1
    @Option(parsing: .unconditional, help: "Time limit in seconds.") var timeLimit = 600

    mutating func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads) is not in 1...256") }
        guard (1...86_400).contains(timeLimit) else { throw ValidationError("--time-limit \(timeLimit) is not in 1...86400") }
    }

    mutating func perform() async throws -> Int32 {
        alarm(UInt32(timeLimit))
        try await ExportWorkerCommand.make(Export(reading: JSONValue(parsing: export)), storage: storage, output: output, threads: threads)
        return 0
    }

    /// Generates the file on its own thread, because the computation blocks.
    static func make(_ export: Export, storage: String, output: String, threads: Int) async throws {
        let maker = ExportMaker(storage: storage, threads: threads)
        do {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                DispatchQueue(label: "export", qos: .userInitiated).async { continuation.resume(with: Result { try maker.make(export, to: output) }) }
            }
        } catch {
            throw CommandFailure("\(error)", code: code(of: error))
        }
    }

    private static func code(of error: any Error) -> Int32 {
        switch error {
        case ExportError.noEncoder: ExportExitCode.missing
        case is ExportError, is DatasetError: WorkerExitCode.badSpecification
        default: WorkerExitCode.of(error)
        }
    }
}
