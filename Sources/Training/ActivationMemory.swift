internal import Datasets
internal import Models
internal import Studies

/// Whether a training keeps the activations that gradients read, or computes them again; only the models whose programs differ are affected. Results have the same bits
/// either way, so this is a choice of the machine and no part of a specification.
public enum ActivationMemory: Sendable, Hashable {
    /// Kept: the fastest.
    case kept
    /// Computed again where a model can: about a third of the time more for a step, for a fraction of the memory.
    case recomputed
    /// Kept, unless the run then needs more than this number of bytes; nil for no bound.
    case fitting(bytes: Int?)
}

extension TrainingRun {
    /// The program of the run.
    func program(_ specification: Specification, of dataset: ImageDataset) throws -> TrainingProgram {
        func program(_ recomputes: Bool) throws -> TrainingProgram {
            try TrainingProgram(specification, fields: dataset.fields, dataset: dataset.name, models: models, recomputesActivations: recomputes)
        }
        switch activations {
        case .kept: return try program(false)
        case .recomputed: return try program(true)
        case .fitting(let bytes):
            let kept = try program(false), datasets = DatasetStore(root: "\(storage)/datasets")
            guard let bytes, try MemoryNeed(specification, kept, datasets: datasets).total > bytes else { return kept }
            return try program(true)
        }
    }
}
