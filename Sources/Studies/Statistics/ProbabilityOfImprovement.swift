/// The probability that a run of X is better than a run of Y: over all pairs of a task, with ties counting half, averaged over the tasks.
///
/// - Shapes: `x`, `y` [tasks][runs] over the same tasks, smaller is better, failures as plus infinity (two failures tie).
/// - Source: Agarwal et al. 2021; the Mann-Whitney statistic over n m. Percentile interval of a bootstrap stratified by
///   model and task.
public enum ProbabilityOfImprovement {
    /// Nil if a task has no runs.
    public static func estimate(_ x: [[Double]], over y: [[Double]], resamples: Int = 2000, level: Double = 0.95) -> Estimate? {
        precondition(x.count == y.count, "\(x.count) and \(y.count) tasks")
        let (first, second) = (x.map { $0.sorted() }, y.map { $0.sorted() })
        guard !x.isEmpty, (first + second).allSatisfy({ !$0.isEmpty }) else { return nil }
        let ranks = zip(first, second).map { Ranks($0, $1) }
        let all = (first + second).map { Array($0.indices) }
        let resampler = Resampler(purpose: "improvement", strata: first + second)
        let values = (0..<resamples).map { probability(resampler.places($0), ranks) }
        guard let interval = Resampler.interval(values, level: level) else { return nil }
        return Estimate(value: probability(all, ranks), lower: interval.lowerBound, upper: interval.upperBound)
    }

    /// The ranks of two groups' scores among the distinct scores of both.
    private struct Ranks {
        var x: [Int]
        var y: [Int]
        var count: Int

        init(_ x: [Double], _ y: [Double]) {
            var different: [Double] = []
            for value in (x + y).sorted() where different.last != value { different.append(value) }
            var place: [Double: Int] = [:]
            for (index, value) in different.enumerated() { place[value] = index }
            self.x = x.map { place[$0] ?? 0 }
            self.y = y.map { place[$0] ?? 0 }
            count = different.count
        }
    }

    private static func probability(_ places: [[Int]], _ ranks: [Ranks]) -> Double {
        var sum = 0.0
        for (task, ranks) in ranks.enumerated() {
            let (drawnX, drawnY) = (places[task], places[task + places.count / 2])
            var x = [Int](repeating: 0, count: ranks.count)
            var y = x
            for place in drawnX { x[ranks.x[place]] += 1 }
            for place in drawnY { y[ranks.y[place]] += 1 }
            var (better, ties, behind) = (0, 0, drawnY.count)
            for rank in 0..<ranks.count {
                behind -= y[rank]
                better += x[rank] * behind
                ties += x[rank] * y[rank]
            }
            sum += (Double(better) + Double(ties) / 2) / Double(drawnX.count * drawnY.count)
        }
        return sum / Double(ranks.count)
    }
}
