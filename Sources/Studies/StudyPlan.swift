public import Canonical

/// A study: models on a data set, a protocol that chooses their hyperparameters, and seeds.
///
/// A plan is read by `init(reading:models:datasets:)`, which fills in what is left out and checks everything.
/// Its `json` is complete and reads back as the same plan.
public struct StudyPlan: Sendable, Hashable {
    public let name: String
    public let dataset: DatasetReference
    public let models: [String]
    public let search: SearchProtocol
    /// The axes of a grid search; empty for other kinds.
    public let grid: [GridAxis]
    public let seeds: [Int]
    /// The factor on the numbers of channels of every network.
    public let width: Double
    let schedule: Schedule
    /// For each model the network that it is built from.
    let architectures: [String]
    /// For each model its settings.
    let settings: [[Hyperparameters]]

    public var steps: Int { schedule.steps }
    public var batchSize: Int { schedule.batchSize }
    public var sampleEvery: Int { schedule.sampleEvery }
    public var checkpointEvery: Int { schedule.checkpointEvery }
    public var evaluation: Specification.Evaluation { schedule.evaluation }

    /// The settings that `model` is run with, or nil where the plan does not hold it.
    public func settings(of model: String) -> [Hyperparameters]? {
        models.firstIndex(of: model).map { settings[$0] }
    }

    /// The number of runs.
    public var runCount: Int { settings.reduce(0) { $0 + $1.count } * seeds.count }

    /// The steps of all runs together.
    public var totalSteps: Int { runCount * steps }

    /// SHA-256 of the canonical text of the complete plan.
    public var digest: Digest { json.digest }

    /// The study's name in addresses: the first 12 hexadecimal digits of the digest.
    public var id: String { digest.short }

    /// All runs, in the order in which they should start: setting by setting, within one seed by seed, within that
    /// model by model, so that at any moment all models have had about the same budget.
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

    /// One run of each model: its first setting and seed. Runs of one model differ in numbers, not in the size of anything.
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
        if search.kind == .grid { members["grid"] = GridAxis.json(grid) }
        if search.kind == .single || search.kind == .reruns {
            let values = zip(models, settings).map { ($0, $1[0].json) }
            members["hyperparameters"] = .object(Dictionary(uniqueKeysWithValues: values))
        }
        return .object(members)
    }
}
