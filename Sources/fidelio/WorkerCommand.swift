import ArgumentParser
import Canonical
import Datasets
import Dispatch
import Engine
import Execution
import Foundation
import Training

struct WorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Train the run, or evaluate the checkpoint, of a folder; started by the server.",
        discussion: """
            EXIT CODES
              0 done    1 failed    42 diverged    43 collapsed    44 timed out    64 bad specification    69 another worker holds the run
              74 a file cannot be written or may not be used    75 saved, after SIGTERM, SIGINT, SIGHUP, SIGUSR1 or SIGUSR2
            """,
        shouldDisplay: false)

    @Argument(help: "The folder of the run or the evaluation.") var folder: String
    @Option(parsing: .unconditional, help: "The storage folder.") var storage: String
    @Option(parsing: .unconditional, help: "Threads to compute with.") var threads = 1
    @Option(parsing: .unconditional, help: "scalar, avx2, avx512 or neon.") var kernels: String?
    @Option(parsing: .unconditional, help: "The value whose best evaluation keeps a checkpoint.") var objective: String?
    @Flag(help: "Compute activations again for gradients rather than keep them.") var recomputeActivations = false
    @Option(parsing: .unconditional, help: "Time limit of the run in seconds, including earlier workers.") var timeLimit: Int?
    @Option(parsing: .unconditional, help: "Take the folder by a lease, as the worker of this attempt.") var attempt: Int?
    @Flag(help: "Take no file lock: the folder is on a file system that several machines share.") var noLock = false

    mutating func validate() throws {
        guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads) is not in 1...256") }
        if let attempt, attempt < 1 { throw ValidationError("--attempt \(attempt) is below 1") }
        if noLock, attempt == nil { throw ValidationError("--no-lock needs --attempt: without a lock, a lease excludes other workers") }
    }

    mutating func perform() async throws -> Int32 {
        let stop = StopFlag()
        let work = try work(shouldStop: { stop.isSet })
        do {
            // Training blocks, so it runs on its own thread.
            //
            return try await withCheckedThrowingContinuation { continuation in
                DispatchQueue(label: "training", qos: .userInitiated).async {
                    continuation.resume(with: Result { try work() })
                }
            }
        } catch {
            throw CommandFailure(ErrorSentence.of(error), code: WorkerExitCode.of(error))
        }
    }

    /// The folder says what there is to do: evaluate a checkpoint, or train a run.
    /// - Returns: the work, which returns its exit code
    private func work(shouldStop: @escaping @Sendable () -> Bool) throws -> @Sendable () throws -> Int32 {
        let place = RunFolder(path: folder), kernels = try kernelSet()
        if FileSystem.exists(place.evaluation) {
            let evaluation = EvaluationRun(folder: place, storage: storage, threads: threads, kernels: kernels, claim: claim, shouldStop: shouldStop)
            return { try evaluation.run().exitCode }
        }
        let run = TrainingRun(
            folder: place, storage: storage, threads: threads, kernels: kernels, timeLimit: timeLimit.map(Double.init), objective: objective,
            activations: recomputeActivations ? .recomputed : .fitting(bytes: MachineMemory().limit), claim: claim, shouldStop: shouldStop)
        return { try run.run().exitCode }
    }

    /// A job that Slurm started again knows how often.
    private var claim: FolderClaim {
        let restarts = ProcessInfo.processInfo.environment["SLURM_RESTART_COUNT"].flatMap { Int($0, in: 0...1_000_000) } ?? 0
        return FolderClaim(order: attempt.map { WorkerOrder(attempt: $0, restart: restarts) }, isLocked: !noLock)
    }

    private func kernelSet() throws -> KernelSet {
        guard let kernels else { return .best }
        guard let known = KernelSet(rawValue: kernels), known.isAvailable else {
            let there = KernelSet.available.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure("--kernels: this processor does not support \(kernels); supported: \(there)", code: WorkerExitCode.badSpecification)
        }
        return known
    }
}
