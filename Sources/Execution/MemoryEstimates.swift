import Canonical
import Datasets
import Storage
import Studies
import Synchronization
import Training

/// The memory that runs need; each kind of run is planned once.
package final class MemoryEstimates: Sendable {
    private struct Kind: Hashable {
        var model: String
        var dataset: DatasetReference
        var architecture: Specification.Architecture
        var batchSize: Int
        var evaluation: Specification.Evaluation
        var hyperparameters: Hyperparameters
    }

    private let known = Mutex<[Kind: MemoryNeed]>([:])
    /// Bytes that a worker can have here; nil if unknown.
    package let limit: Int?

    init(limit: Int? = MachineMemory().limit) {
        self.limit = limit
    }

    /// The peak memory of the largest worker of these runs.
    /// - Errors: `FieldError` for a run that needs more than is available, and for one that cannot be compiled into a training program.
    func need(of runs: [Specification], datasets: DatasetStore) throws -> MemoryNeed? {
        let needs = try runs.map { try need(of: $0, datasets: datasets) }
        guard let most = needs.max(by: { $0.total < $1.total }) else { return nil }
        if let limit, most.total > limit {
            throw FieldError(
                path: "batch_size",
                problem: .rule(
                    "a run would need about \(ByteCount.text(Int64(most.total))) of memory (\(ByteCount.text(Int64(most.state + most.checkpoint))) for the networks and their checkpoint, "
                        + "\(ByteCount.text(Int64(most.scratch))) for a step, \(ByteCount.text(Int64(most.dataset))) for the data set, \(ByteCount.text(Int64(most.evaluation))) for evaluations), "
                        + "and \(ByteCount.text(Int64(limit))) are there; make batch_size, architecture.width or evaluation.samples smaller"))
        }
        return most
    }

    /// Bytes of a checkpoint of a run, before compression.
    /// - Errors: `FieldError` for a run that cannot be compiled into a training program.
    func checkpointBytes(of run: Specification, datasets: DatasetStore) throws -> Int { try need(of: run, datasets: datasets).state }

    /// The values on which the size of networks and plans depends: of a real number only whether it is 0, which may leave a part out.
    private static func structure(_ values: Hyperparameters) -> Hyperparameters {
        var found = values
        for name in values.names {
            if case .real(let value)? = values[name] { found[name] = .bool(value == 0) }
        }
        return found
    }

    /// Of a run that does not fit while it keeps its activations, the need without them: its worker decides in the same way.
    private func need(of run: Specification, datasets: DatasetStore) throws -> MemoryNeed {
        let kind = Kind(
            model: run.model, dataset: run.dataset, architecture: run.architecture, batchSize: run.batchSize, evaluation: run.evaluation,
            hyperparameters: Self.structure(run.hyperparameters))
        if let need = known.withLock({ $0[kind] }) { return need }
        let need: MemoryNeed
        do {
            let kept = try MemoryNeed(run, datasets: datasets), fits = limit.map { kept.total <= $0 } ?? true
            need = fits ? kept : try MemoryNeed(run, datasets: datasets, recomputesActivations: true)
        } catch let error as TrainingError {
            throw FieldError(path: "model", problem: .rule("\(error)"))
        }
        known.withLock { known in
            if known.count >= 1000 { known = [:] }
            known[kind] = need
        }
        return need
    }
}
