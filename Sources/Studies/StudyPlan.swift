public import Canonical

/// A study: models on a data set, a search protocol for their hyperparameters, and seeds.
///
/// `init(reading:models:datasets:)` reads a plan, fills in omitted fields, and validates it.
/// Its `json` is complete and round-trips to the same plan.
public struct StudyPlan: Sendable, Hashable {
    /// The name of the study.
    public let name: String
    /// The data set with its digest.
    public let dataset: DatasetReference
    /// The names of the models.
    public let models: [String]
    /// What the study optimizes.
    public let objective: Objective
    /// The search protocol.
    public let search: SearchProtocol
    /// The axes of a grid search; empty for other kinds.
    public let grid: [GridAxis]
    /// The training seeds.
    public let seeds: [Int]
    /// The width factor of every network.
    public let width: Double
    let schedule: RunIntervals
    /// The architecture of each model.
    let architectures: [String]
    /// The settings of each model.
    let settings: [[Hyperparameters]]

    /// Steps per run.
    public var steps: Int { schedule.steps }
    /// The batch size.
    public var batchSize: Int { schedule.batchSize }
    /// Steps between sample grids.
    public var sampleEvery: Int { schedule.sampleEvery }
    /// Steps between checkpoints.
    public var checkpointEvery: Int { schedule.checkpointEvery }
    /// When and how runs are evaluated.
    public var evaluation: Specification.Evaluation { schedule.evaluation }

    /// The settings of `model`, or nil if the plan does not contain it.
    public func settings(of model: String) -> [Hyperparameters]? {
        models.firstIndex(of: model).map { settings[$0] }
    }

    /// The number of runs.
    public var runCount: Int { settings.reduce(0) { $0 + $1.count } * seeds.count }

    /// The total number of steps of all runs.
    public var totalSteps: Int { runCount * steps }

    /// SHA-256 of the canonical text of the complete plan.
    public var digest: Digest { json.digest }

    /// The study's ID: the first 12 hexadecimal digits of the digest.
    public var id: String { digest.short }

    /// All runs in starting order: by setting, then seed, then model, so that at any time all models have had about
    /// the same budget.
    public var runs: [PlannedRun] {
        var runs: [PlannedRun] = []
        for setting in 0..<(settings.map(\.count).max() ?? 0) {
            for seed in seeds {
                for (place, model) in models.enumerated() where setting < settings[place].count {
                    let specification = specification(place: place, setting: setting, seed: seed)
                    runs.append(
                        PlannedRun(
                            index: runs.count, model: model, setting: setting, seed: seed, specification: specification)
                    )
                }
            }
        }
        return runs
    }

    /// One run of each model: its first setting and seed. Runs of one model have the same sizes.
    public var examples: [Specification] {
        models.indices.map { specification(place: $0, setting: 0, seed: seeds[0]) }
    }

    private func specification(place: Int, setting: Int, seed: Int) -> Specification {
        Specification(
            model: models[place], dataset: dataset,
            architecture: Specification.Architecture(name: architectures[place], width: width),
            hyperparameters: settings[place][setting], batchSize: batchSize, steps: steps, sampleEvery: sampleEvery,
            checkpointEvery: checkpointEvery, evaluation: evaluation, seed: seed)
    }

    /// The complete plan.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "dataset": dataset.json, "models": .array(models.map { .string($0) }),
            "protocol": search.json, "seeds": .array(seeds.map { .integer(Int64($0)) }), "width": .number(width),
            "steps": .integer(Int64(steps)), "batch_size": .integer(Int64(batchSize)),
            "sample_every": .integer(Int64(sampleEvery)), "checkpoint_every": .integer(Int64(checkpointEvery)),
            "evaluation": evaluation.json, "numerics": .integer(Int64(Version.numerics)),
        ]
        // Omitted if it is the default, so plans keep the digest from before objectives existed.
        if objective != Objective(measuring: evaluation.metrics) { members["objective"] = objective.json }
        if search.kind == .grid { members["grid"] = GridAxis.json(grid) }
        if search.kind == .single || search.kind == .reruns {
            let values = zip(models, settings).map { ($0, $1[0].json) }
            members["hyperparameters"] = .object(Dictionary(uniqueKeysWithValues: values))
        }
        return .object(members)
    }
}

/// One run of a plan.
public struct PlannedRun: Sendable, Hashable {
    /// Its index in the plan, from 0.
    public let index: Int
    /// The model.
    public let model: String
    /// The number of its setting for this model, from 0 (the default).
    public let setting: Int
    /// The training seed.
    public let seed: Int
    /// The complete specification.
    public let specification: Specification
}
