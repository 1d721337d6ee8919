public import Canonical

/// Everything that determines a run, and nothing else. Its digest is the run's identity.
///
/// Untrusted values are validated by `init(reading:models:datasets:)` and `init(canonical:models:)`;
/// code that sets properties is responsible for their validity.
public struct Specification: Sendable, Hashable {
    /// The name of the model.
    public var model: String
    /// The data set with its digest.
    public var dataset: DatasetReference
    /// The architecture and its width.
    public var architecture: Architecture
    /// All hyperparameters of the model.
    public var hyperparameters: Hyperparameters
    /// The batch size.
    public var batchSize: Int
    /// Training steps, as defined by the model.
    public var steps: Int
    /// Steps between sample grids.
    public var sampleEvery: Int
    /// Steps between checkpoints.
    public var checkpointEvery: Int
    /// When and how the run is evaluated.
    public var evaluation: Evaluation
    /// The training seed.
    public var seed: Int
    /// The numerics version.
    public var numerics: Int

    /// Creates a specification without validation.
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

    /// The complete specification. Its canonical text is digested and stored.
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

    /// The ID of the run of attempt number `attempt`, from 1.
    public func runID(attempt: Int) -> String { "\(digest.short)-\(attempt)" }
}
