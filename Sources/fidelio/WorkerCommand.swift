import ArgumentParser
import Canonical
import Dispatch
import Synchronization
import Tensors
import Training
import Workbench

struct WorkerCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Train the run of a folder; started by the server.", shouldDisplay: false)

    @Argument(help: "The run's folder.") var folder: String
    @Option(help: "The storage folder.") var storage: String
    @Option(help: "Threads to compute with.") var threads = 1
    @Option(help: "scalar, avx2 or avx512.") var kernels: String?

    mutating func perform() async throws -> Int32 {
        guard (1...256).contains(threads) else {
            throw CommandFailure("--threads: \(threads) is out of range 1...256", code: WorkerExitCode.badSpecification)
        }
        let set = try KernelSet(option: kernels)
        let stop = StopRequest()
        let run = TrainingRun(
            folder: Training.RunFolder(path: folder), storage: storage, threads: threads, kernels: set, shouldStop: { stop.isAsked })
        // Training never waits on anything asynchronous: it has a thread of its own.
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "training", qos: .userInitiated).async {
                continuation.resume(with: Result { try Self.train(run) })
            }
        }
    }

    private static func train(_ run: TrainingRun) throws -> Int32 {
        do {
            return try run.run().exitCode
        } catch let error as FieldError {
            throw CommandFailure("the specification was refused: \(error)", code: WorkerExitCode.badSpecification)
        } catch let error as JSONError {
            throw CommandFailure("the specification was refused: \(error)", code: WorkerExitCode.badSpecification)
        } catch let error as TrainingError {
            if case .busy = error { throw CommandFailure("\(error)", code: WorkerExitCode.held) }
            throw CommandFailure("\(error)", code: WorkerExitCode.badSpecification)
        } catch let error as FileError {
            throw CommandFailure("\(error)", code: WorkerExitCode.cannotWrite)
        }
    }
}

/// Set by SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 alike; asked between steps.
private final class StopRequest: Sendable {
    private let asked = Atomic<Bool>(false)
    private let interruption = Interruption()

    init() {
        Task { [weak self] in
            guard let signals = self?.interruption.signals else { return }
            for await _ in signals { self?.asked.store(true, ordering: .relaxed) }
        }
    }

    var isAsked: Bool { asked.load(ordering: .relaxed) }
}

extension KernelSet {
    /// The set that an option names, or the best one. - Errors: `CommandFailure` for a name that is unknown or that this processor has not got.
    init(option name: String?) throws {
        guard let name else { self = .best; return }
        guard let set = KernelSet(rawValue: name), set.isAvailable else {
            let known = KernelSet.available.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure("--kernels: \"\(name)\" is not one of \(known)", code: CommandFailure.Code.badInput)
        }
        self = set
    }
}
