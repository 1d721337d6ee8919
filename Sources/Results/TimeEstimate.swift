import Canonical
import Catalog

/// Estimates how long a study's queued and running work will take, from observed speeds; nil if unknown.
struct TimeEstimate {
    /// Seconds per step by model, from runs that have trained.
    private var secondsByModel: [String: Double] = [:]
    private var secondsOverall: Double?
    private let work: [StudyWork]
    private let running: [RunRecord]

    /// Learns from comparable runs: the same data set, batch size, and network width.
    /// - Parameters:
    ///   - work: queued and completed work by model.
    ///   - running: the running runs, at most as many as there are workers.
    init(work: [StudyWork], running: [RunRecord]) {
        (self.work, self.running) = (work, running)
        var sums: [String: (seconds: Double, steps: Int)] = [:]
        for model in work where model.stepsDone > 0 { sums[model.model] = (model.secondsDone, model.stepsDone) }
        for run in running {
            guard let rate = run.rate, rate > 0, run.step > 0 else { continue }
            let sum = sums[run.model] ?? (0, 0)
            sums[run.model] = (sum.seconds + Double(run.step) / rate, sum.steps.addingSaturating(run.step))
        }
        secondsByModel = sums.mapValues { $0.seconds / Double($0.steps) }
        let steps = sums.values.reduce(0) { $0.addingSaturating($1.steps) }
        if steps > 0 { secondsOverall = sums.keys.sorted().reduce(0) { $0 + sums[$1]!.seconds } / Double(steps) }
    }

    /// Seconds until all runs have ended with this many concurrent workers; nil if nothing is known yet.
    func remaining(workers: Int) -> Double? {
        var total = 0.0
        var longest = 0.0
        for model in work where model.queuedRuns > 0 {
            guard let seconds = secondsPerStep(model.model) else { return nil }
            total += Double(model.queuedSteps) * seconds
            longest = max(longest, Double(model.longestQueued) * seconds)
        }
        for run in running {
            guard let seconds = run.remaining ?? secondsPerStep(run.model).map({ Double(max(0, run.steps - run.step)) * $0 }) else { return nil }
            total += seconds
            longest = max(longest, seconds)
        }
        return max(longest, total / Double(max(1, workers)))
    }

    private func secondsPerStep(_ model: String) -> Double? { secondsByModel[model] ?? secondsOverall }
}
