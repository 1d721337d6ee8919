/// A run in the catalog. Times are Unix seconds.
@dynamicMemberLookup
public struct RunRecord: Sendable, Equatable {
    /// The position in the order of submission and the key of every other table. Never leaves the server.
    public var number: Int64
    /// The public id: the first 12 digits of the specification's digest, and the attempt.
    public var id: String
    /// Canonical JSON, complete: everything that determines the run's results.
    public var specification: String
    /// SHA-256 of the canonical JSON, lower-case hex.
    public var specificationDigest: String
    /// Counts the runs of this specification, from 1.
    public var attempt: Int
    /// Its study; nil for a single run.
    public var study: String?
    /// Its position in the study's plan, from 0; nil for a single run.
    public var position: Int?
    /// Its setting (a point of the study's grid), from 0; nil for a single run.
    public var setting: Int?
    /// The model's name.
    public var model: String
    /// The data set's name.
    public var dataset: String
    /// The seed of every random stream of the run.
    public var seed: Int64
    /// Training steps that the specification asks for.
    public var steps: Int
    /// The value that the run is to optimize: its study's objective, otherwise the default for what its specification measures.
    public var objective: String
    /// The kernel variant that the submitter asked for; nil for the best of the machine.
    public var requestedKernels: String?
    /// The run that this one repeats for verification; nil for an ordinary run.
    public var rerunOf: String?
    /// Completed training steps.
    public var step: Int
    /// Digest of the final checkpoint; nil until it is written.
    public var finalDigest: String?
    /// Where it was executed; nil for a run of this storage.
    public var origin: RunOrigin?
    /// What the queue knows of it and what its worker reported.
    public var standing: JobStanding

    /// The fields of the standing.
    public subscript<Value>(dynamicMember field: WritableKeyPath<JobStanding, Value>) -> Value {
        get { standing[keyPath: field] }
        set { standing[keyPath: field] = newValue }
    }

    /// Seconds from the first start to the end, if the run has both; never negative, even if the clock was set back.
    public var duration: Double? {
        guard let started = standing.started, let finished = standing.finished else { return nil }
        return max(0, finished - started)
    }
}
