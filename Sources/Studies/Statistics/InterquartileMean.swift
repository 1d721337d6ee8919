/// Interquartile mean: the mean of the middle half of all scores, over the runs of all tasks together.
///
/// - Shapes: `tasks` [tasks][runs], smaller is better, failures as plus infinity; tasks may differ in their number of runs.
/// - Source: Agarwal et al. 2021 (rliable's IQM): a quarter of the scores, rounded down, is trimmed on either side, as in scipy's `trim_mean(0.25)`;
///   percentile interval of a bootstrap stratified by task.
/// - Differs: the resamples are a function of the scores.
public enum InterquartileMean {
    /// Nil without scores; infinite if failures extend into the middle half.
    public static func value(_ scores: [Double]) -> Double? {
        let sorted = scores.sorted()
        let cut = sorted.count / 4
        guard !sorted.isEmpty else { return nil }
        let middle = sorted[cut..<(sorted.count - cut)]
        return middle.reduce(0, +) / Double(middle.count)
    }

    /// The interquartile mean with its bootstrap interval; nil without scores.
    public static func estimate(_ tasks: [[Double]], resamples: Int = 2000, level: Double = 0.95) -> Estimate? {
        let strata = tasks.map { $0.sorted() }
        guard let value = value(strata.flatMap { $0 }) else { return nil }
        let resampler = Resampler(purpose: "iqm", strata: strata)
        let values = (0..<resamples).compactMap { number in
            Self.value(zip(strata, resampler.places(number)).flatMap { scores, places in places.map { scores[$0] } })
        }
        guard let interval = Resampler.interval(values, level: level) else { return nil }
        return Estimate(value: value, lower: interval.lowerBound, upper: interval.upperBound)
    }
}
