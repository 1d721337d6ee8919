/// Performance profile: the fraction of runs that reach each threshold, with a confidence band; higher is better.
///
/// - Shapes: `tasks` [tasks][runs], smaller is better, failures as plus infinity (they reach no threshold, but count in the denominator).
/// - Source: Agarwal et al. 2021 (score distributions), Dolan and More 2002. The fraction is averaged over the tasks; the pointwise band
///   is the percentile interval of a bootstrap stratified by task.
public struct PerformanceProfile: Sendable, Hashable {
    /// The thresholds, ascending.
    public let thresholds: [Double]
    /// For each threshold, the fraction of runs with at most this score.
    public let fractions: [Estimate]

    /// Computes the profile.
    /// - Precondition: `thresholds` is ascending
    public init(_ tasks: [[Double]], thresholds: [Double], resamples: Int = 2000, level: Double = 0.95) {
        self.thresholds = thresholds
        let strata = tasks.map { $0.sorted() }.filter { !$0.isEmpty }
        // The number of scores within each threshold, per task; only ranks are needed from here on.
        let within = strata.map { scores in thresholds.map { tau in scores.count { $0 <= tau } } }
        let point = thresholds.indices.map { place in
            zip(strata, within).reduce(0.0) { $0 + Double($1.1[place]) / Double($1.0.count) } / Double(max(1, strata.count))
        }
        let resampler = Resampler(purpose: "profile", strata: strata)
        if strata.count == 1, strata[0].count <= Self.mostCounted {
            fractions = Self.counted(resampler, within[0], runs: strata[0].count, point, resamples: resamples, level: level)
            return
        }
        var columns = [[Double]](repeating: [], count: thresholds.count)
        for number in 0..<(strata.isEmpty ? 0 : resamples) {
            let fractions = Self.fractions(resampler.places(number), within)
            for (place, fraction) in fractions.enumerated() { columns[place].append(fraction) }
        }
        fractions = zip(point, columns).map { value, column in
            let interval = Resampler.interval(column, level: level) ?? value...value
            return Estimate(value: value, lower: interval.lowerBound, upper: interval.upperBound)
        }
    }

    /// The most runs whose resampled fractions are counted instead of sorted.
    private static let mostCounted = 5000

    /// The same for one task: its fractions are multiples of one over the number of runs, so that they are counted for each threshold instead of sorted.
    private static func counted(_ resampler: Resampler, _ within: [Int], runs: Int, _ point: [Double], resamples: Int, level: Double) -> [Estimate] {
        let width = runs + 1
        var times = [Int](repeating: 0, count: within.count * width)
        var below = [Int](repeating: 0, count: width)
        for number in 0..<resamples {
            for index in below.indices { below[index] = 0 }
            for place in resampler.places(number)[0] { below[place + 1] += 1 }
            for index in 1..<width { below[index] += below[index - 1] }
            for (index, limit) in within.enumerated() { times[index * width + below[limit]] += 1 }
        }
        return within.indices.map { index in
            let column = (0..<width).flatMap { [Double](repeating: Double($0) / Double(runs), count: times[index * width + $0]) }
            let interval = Resampler.interval(column, level: level) ?? point[index]...point[index]
            return Estimate(value: point[index], lower: interval.lowerBound, upper: interval.upperBound)
        }
    }

    private static func fractions(_ places: [[Int]], _ within: [[Int]]) -> [Double] {
        var sums = [Double](repeating: 0, count: within.first?.count ?? 0)
        for (drawn, limits) in zip(places, within) {
            var below = [Int](repeating: 0, count: drawn.count + 1)
            for place in drawn { below[place + 1] += 1 }
            for index in 1..<below.count { below[index] += below[index - 1] }
            for (index, limit) in limits.enumerated() { sums[index] += Double(below[limit]) / Double(drawn.count) }
        }
        return sums.map { $0 / Double(within.count) }
    }

    /// All distinct finite scores of several groups, thinned to `limit` by rank.
    public static func thresholds(_ groups: [[Double]], limit: Int = 200) -> [Double] {
        let sorted = groups.flatMap { $0 }.filter(\.isFinite).sorted()
        var different: [Double] = []
        for value in sorted where different.last != value { different.append(value) }
        guard different.count > limit else { return different }
        return (0..<limit).map { different[$0 * (different.count - 1) / (limit - 1)] }
    }
}
