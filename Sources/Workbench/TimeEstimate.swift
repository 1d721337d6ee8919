import Canonical
import Catalog

/// How long queued and running work will take, from what was observed. Unknown stays unknown.
struct TimeEstimate {
    /// Seconds of a step by model, of the runs that have shown it.
    private var secondsByModel: [String: Double] = [:]
    private var secondsOverall: Double?

    /// Learns from runs that belong together: the same data set, batch and network size.
    init(runs: [RunRecord]) {
        var sums: [String: (seconds: Double, steps: Int)] = [:]
        for run in runs {
            guard let (seconds, steps) = TimeEstimate.observed(run) else { continue }
            let sum = sums[run.model] ?? (0, 0)
            sums[run.model] = (sum.seconds + seconds, sum.steps.addingSaturating(steps))
        }
        secondsByModel = sums.mapValues { $0.seconds / Double($0.steps) }
        let steps = sums.values.reduce(0) { $0.addingSaturating($1.steps) }
        if steps > 0 { secondsOverall = sums.keys.sorted().reduce(0) { $0 + sums[$1]!.seconds } / Double(steps) }
    }

    /// Seconds until all of these have ended with so many workers at a time; nil when nothing is known yet.
    func remaining(_ runs: [RunRecord], workers: Int) -> Double? {
        var total = 0.0
        var longest = 0.0
        for run in runs where !run.state.isFinal {
            guard let seconds = remaining(run) else { return nil }
            total += seconds
            longest = max(longest, seconds)
        }
        return max(longest, total / Double(max(1, workers)))
    }

    private func remaining(_ run: RunRecord) -> Double? {
        if run.state == .running, let known = run.remaining { return known }
        guard let seconds = secondsByModel[run.model] ?? secondsOverall else { return nil }
        return Double(max(0, run.steps - max(0, run.step))) * seconds
    }

    private static func observed(_ run: RunRecord) -> (seconds: Double, steps: Int)? {
        if run.state == .done, run.restarts == 0, let seconds = run.duration, seconds > 0, run.steps > 0 {
            return (seconds, run.steps)
        }
        if run.state == .running, let rate = run.rate, rate > 0, run.step > 0 { return (Double(run.step) / rate, run.step) }
        return nil
    }
}
