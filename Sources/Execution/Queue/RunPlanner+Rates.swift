import Canonical
package import Catalog
import Datasets
package import Results
package import Studies
import Training

extension RunPlanner {
    /// The operations of a run, per step: those of training, and those of the samples of its evaluations.
    /// - Errors: `FieldError` for a run that cannot be compiled
    package func operationsOfStep(_ run: Specification) throws -> Double {
        let need = try memory.operations(of: run, datasets: datasets)
        return need.step + need.evaluation / Double(max(1, run.evaluation.every))
    }

    /// The seconds of a step of a run like this: from runs like it, otherwise from its operations, at the rates of runs of other kinds or, before anything has
    /// run, at those of this machine. Nil where nothing can be said.
    package func secondsOfStep(_ run: Specification, workers: Int, _ reader: CatalogReader) throws -> TimeRange? {
        let alike = try reader.secondsOfSteps(model: run.model, dataset: run.dataset.name, width: run.architecture.width, batchSize: run.batchSize)
        if let range = TimeRange(measured: alike, basis: .comparable) { return range }
        guard let operations = try? operationsOfStep(run), operations > 0 else { return nil }
        let rates = try reader.newestOfEachKind(limit: 8).compactMap { known -> Double? in
            guard let json = try? JSONValue(parsing: known.specification), let specification = try? Specification(reading: json, models: models, datasets: facts),
                let own = try? operationsOfStep(specification), own > 0
            else { return nil }
            return own / known.secondsOfStep
        }
        if let range = TimeRange(measured: rates, basis: .operations) {
            return TimeRange(low: operations / range.high, high: operations / range.low, basis: .operations)
        }
        // The share of a product's rate that a step reaches: between a twentieth, for small networks, and almost all of it.
        let rate = MachineRate.shared.operationsPerSecond
        guard rate > 0 else { return nil }
        return TimeRange(low: operations / (2 * rate), high: operations / (0.05 * rate), basis: .operations)
    }

    /// The time that a plan takes on so many workers.
    package func time(of plan: StudyPlan, workers: Int, _ reader: CatalogReader) throws -> TimeRange? {
        var left = WorkLeft()
        for run in plan.examples {
            guard let seconds = try secondsOfStep(run, workers: workers, reader) else { return nil }
            let runs = (plan.settings(of: run.model)?.count ?? 0) * plan.seeds.count
            left.parts.append(.init(steps: plan.steps.multipliedReportingOverflow(by: runs).partialValue, longest: plan.steps, seconds: seconds))
        }
        return left.time(workers: min(workers, plan.runCount))
    }

    /// The time until the runs of a study have ended, as if it had so many workers to itself; nil where nothing can be said.
    package func timeLeft(ofStudy study: StudyRecord, workers: Int, _ reader: CatalogReader) throws -> TimeRange? {
        let running = try reader.running(ofStudy: study.id)
        let measured = try reader.secondsOfSteps(ofStudy: study.id)
        var known: [String: TimeRange] = [:]
        func rate(of model: String) throws -> TimeRange? {
            if let found = known[model] { return found }
            let own = (measured[model] ?? []) + running.filter { $0.model == model }.compactMap { run in run.rate.flatMap { $0 > 0 ? 1 / $0 : nil } }
            var range = TimeRange(measured: own, basis: .measured)
            if range == nil, let text = try reader.specification(ofStudy: study.id, model: model), let json = try? JSONValue(parsing: text),
                let specification = try? Specification(reading: json, models: models, datasets: facts)
            {
                range = try secondsOfStep(specification, workers: workers, reader)
            }
            known[model] = range
            return range
        }
        var left = WorkLeft()
        for model in try reader.work(ofStudy: study.id) where model.queuedRuns > 0 {
            guard let seconds = try rate(of: model.model) else { return nil }
            left.parts.append(.init(steps: model.queuedSteps, longest: model.longestQueued, seconds: seconds))
        }
        for run in running {
            guard let seconds = try rate(of: run.model) else { return nil }
            let steps = max(0, run.steps - run.step)
            left.parts.append(.init(steps: steps, longest: steps, seconds: seconds))
        }
        return left.time(workers: workers)
    }
}

extension MemoryEstimates {
    /// The operations of the products of a step, and of the samples of an evaluation.
    func operations(of run: Specification, datasets: DatasetStore) throws -> (step: Double, evaluation: Double) {
        let found = try need(of: [run], datasets: datasets)
        return (found?.operationsOfStep ?? 0, found?.operationsOfEvaluation ?? 0)
    }
}
