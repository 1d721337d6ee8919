public import Canonical

/// Everything that decides a run, and nothing else. Its digest is the run's identity.
///
/// Values from outside come through `init(reading:models:datasets:)` or `init(canonical:models:)`, which check
/// everything; code that sets properties itself answers for them.
public struct Specification: Sendable, Hashable {
    public var model: String
    public var dataset: DatasetReference
    public var architecture: Architecture
    public var hyperparameters: Hyperparameters
    public var batchSize: Int
    /// Steps of training, as the model counts them.
    public var steps: Int
    /// Steps between two grids of samples.
    public var sampleEvery: Int
    /// Steps between two checkpoints.
    public var checkpointEvery: Int
    public var evaluation: Evaluation
    public var seed: Int
    public var numerics: Int

    public init(
        model: String, dataset: DatasetReference, architecture: Architecture, hyperparameters: Hyperparameters,
        batchSize: Int, steps: Int, sampleEvery: Int, checkpointEvery: Int, evaluation: Evaluation, seed: Int,
        numerics: Int = Version.numerics
    ) {
        self.model = model
        self.dataset = dataset
        self.architecture = architecture
        self.hyperparameters = hyperparameters
        self.batchSize = batchSize
        self.steps = steps
        self.sampleEvery = sampleEvery
        self.checkpointEvery = checkpointEvery
        self.evaluation = evaluation
        self.seed = seed
        self.numerics = numerics
    }

    /// The complete specification. Its canonical text is what is digested and stored.
    public var json: JSONValue {
        .object([
            "model": .string(model),
            "dataset": dataset.json,
            "architecture": architecture.json,
            "hyperparameters": hyperparameters.json,
            "batch_size": .integer(Int64(batchSize)),
            "steps": .integer(Int64(steps)),
            "sample_every": .integer(Int64(sampleEvery)),
            "checkpoint_every": .integer(Int64(checkpointEvery)),
            "evaluation": evaluation.json,
            "seed": .integer(Int64(seed)),
            "numerics": .integer(Int64(numerics)),
        ])
    }

    /// SHA-256 of the canonical text.
    public var digest: Digest { json.digest }

    /// The name of the run that is the `attempt`-th of this specification, from 1 on.
    public func runID(attempt: Int) -> String { "\(digest.short)-\(attempt)" }
}
