package import Canonical
package import Catalog
public import Datasets
public import Studies
package import Training

/// Turns specifications and plans into runs that can be queued: fills in the defaults and validates everything.
package struct RunPlanner: Sendable {
    /// Every model that can be requested.
    package let models: [ModelSchema]
    /// The data sets that are present and those that can be added.
    package let datasets: DatasetStore
    /// The memory that is available and that runs need.
    package var memory: MemoryEstimates

    /// - Parameter models: every model that can be requested.
    package init(models: [ModelSchema], datasets: DatasetStore) { self.init(models: models, datasets: datasets, memory: MemoryEstimates()) }

    init(models: [ModelSchema], datasets: DatasetStore, memory: MemoryEstimates) {
        self.models = models
        self.datasets = datasets
        self.memory = memory
    }

    /// A run and the memory that its worker needs.
    package struct Run {
        /// As it is queued.
        package var run: NewRun
        /// Nil if unknown.
        package var memory: MemoryNeed?
    }

    /// A plan and the runs it expands to.
    package struct Study {
        /// The complete plan.
        package var plan: StudyPlan
        /// The study's row.
        package var record: StudyRecord
        /// In plan order.
        package var runs: [NewRun]
    }

    /// - Errors: `FieldError` naming the field; also for a data set that was not added, and for a run that needs more memory than this machine
    ///   has.
    package func run(reading json: JSONValue) throws -> Run {
        try requireReady(json)
        let specification = try Specification(reading: json, models: models, datasets: facts)
        return Run(run: RunPlanner.newRun(specification), memory: try memory.need(of: [specification], datasets: datasets))
    }

    /// The memory that the largest run of a plan needs.
    /// - Errors: `FieldError` if there is less, or if a run cannot be compiled.
    package func memory(of plan: StudyPlan) throws -> MemoryNeed? { try memory.need(of: plan.examples, datasets: datasets) }

    /// The bytes that the checkpoints of a plan take at most: those of its interval, and one more before each where the best value may need its own.
    /// - Errors: `FieldError` if a run cannot be compiled.
    package func disk(of plan: StudyPlan) throws -> Double {
        let saved = (plan.steps + plan.checkpointEvery - 1) / plan.checkpointEvery
        let best = plan.evaluation.every.isMultiple(of: plan.checkpointEvery) ? 0 : min(saved, plan.steps / plan.evaluation.every)
        return try plan.examples.reduce(0.0) { sum, run in
            let runs = (plan.settings(of: run.model)?.count ?? 0) * plan.seeds.count
            return try sum + Double(memory.checkpointBytes(of: run, datasets: datasets)) * Double(saved + best) * Double(runs)
        }
    }

    /// A plan without its runs, of which there may be many.
    /// - Errors: as above.
    package func plan(reading json: JSONValue) throws -> StudyPlan {
        try requireReady(json)
        let plan = try StudyPlan(reading: json, models: models, datasets: facts)
        // Stored plans may have names from before this rule, so it is one of new plans.
        guard plan.name.isName else { throw FieldError(path: "name", problem: .rule("must not contain characters that set the direction of text")) }
        return plan
    }

    /// - Errors: as above; `CancellationError` if the task is cancelled.
    package func study(reading json: JSONValue, at time: Double) throws -> Study {
        let plan = try plan(reading: json)
        let runs = try plan.runs.map { planned in
            try Task.checkCancellation()
            var run = RunPlanner.newRun(planned.specification)
            run.study = plan.id
            run.objective = plan.objective.metric
            run.position = planned.index
            run.setting = planned.setting
            return run
        }
        let record = StudyRecord(
            id: plan.id, digest: plan.digest.hex, name: plan.name, plan: plan.json.canonicalText, created: time)
        // Of a grid, what the plan varies starts first, and the default setting, its reference, last. Positions keep the plan's order.
        let isGrid = plan.search.kind == .grid
        return Study(plan: plan, record: record, runs: isGrid ? runs.filter { $0.setting != 0 } + runs.filter { $0.setting == 0 } : runs)
    }

    /// The expected duration of a plan in seconds, from finished runs of the same kind; nil if a model never ran.
    package func seconds(_ plan: StudyPlan, workers: Int, _ reader: CatalogReader) throws -> Double? {
        var total = 0.0
        for model in plan.models {
            let known = try reader.secondsPerStep(
                model: model, dataset: plan.dataset.name, width: plan.width, batchSize: plan.batchSize)
            guard let known else { return nil }
            total += known * Double((plan.settings(of: model)?.count ?? 0) * plan.seeds.count * plan.steps)
        }
        return total / Double(max(1, min(workers, plan.runCount)))
    }

    /// The data sets that a specification can name.
    package var facts: [DatasetFacts] { datasets.facts }

    /// Reports a known but missing data set before any other problem of the specification or plan.
    private func requireReady(_ json: JSONValue) throws {
        guard let name = json["dataset"]?.stringValue ?? json["dataset"]?["name"]?.stringValue else { return }
        if let status = try? datasets.status(of: name), !status.isReady {
            throw FieldError(path: "dataset", problem: .rule("\(name) has not been added yet: fidelio dataset add \(name) --from FOLDER"))
        }
    }

    private static func newRun(_ specification: Specification) -> NewRun {
        NewRun(
            specification: specification.json.canonicalText, specificationDigest: specification.digest.hex, model: specification.model,
            dataset: specification.dataset.name, seed: Int64(specification.seed), steps: specification.steps,
            objective: Objective(measuring: specification.evaluation.metrics).metric)
    }
}

extension DatasetStore {
    /// All data sets that a specification can name, added or not. A data set whose digest is unknown before it is added cannot be named until then.
    public var facts: [DatasetFacts] {
        list().compactMap { status in
            let description = status.description
            guard let digest = description.digest else { return nil }
            let splits = description.splits.map { ($0.name, $0.count) }, choices = EncoderChoices(for: description, in: self)
            return DatasetFacts(
                name: description.name, digest: digest, encoders: choices.names, classifiers: choices.classifiers, splits: Dictionary(splits, uniquingKeysWith: { $1 }), isPoints: description.kind == .points, hasManifold: description.hasManifold,
                hasModes: description.modes != nil, channels: description.shape.channels,
                isSinglePixel: description.kind == .images && description.shape.height == 1 && description.shape.width == 1,
                hasLowResolution: description.lowResolution != nil, perceptual: choices.perceptual)
        }
    }
}
