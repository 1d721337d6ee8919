/// Exact tests of paired differences.
enum SignedRank {
    /// Maximum number of pairs for which the exact distribution of the signed-rank sum is computed.
    static let mostPairs = 300

    /// Wilcoxon's signed-rank test, two-sided: twice the smaller tail of the sum of the positive differences' ranks, over all 2^n signs.
    ///
    /// Zeros are dropped, ties have midranks (with their exact distribution); infinite differences rank last.
    /// - Returns: nil without pairs, or above `mostPairs` of them.
    static func probability(_ differences: [Double]) -> Double? {
        let ranks = doubledRanks(differences.filter { $0 != 0 })
        guard !ranks.isEmpty, ranks.count <= mostPairs else { return nil }
        let positive = ranks.reduce(0) { $0 + ($1.isPositive ? $1.rank : 0) }
        let distribution = distribution(ranks.map(\.rank))
        let below = distribution[...positive].reduce(0, +)
        let above = distribution[positive...].reversed().reduce(0, +)
        return min(1, 2 * min(below, above))
    }

    /// The rank-biserial correlation: (sum of negative ranks - sum of positive ranks) / sum of ranks, in -1...1. Positive if differences
    /// (first minus second) are mostly negative, that is, if the first has smaller scores.
    static func correlation(_ differences: [Double]) -> Double? {
        let ranks = doubledRanks(differences.filter { $0 != 0 })
        let all = ranks.reduce(0) { $0 + $1.rank }
        guard all > 0 else { return nil }
        let positive = ranks.reduce(0) { $0 + ($1.isPositive ? $1.rank : 0) }
        return Double(all - 2 * positive) / Double(all)
    }

    /// The sign test, two-sided: twice the smaller tail of the binomial with 1/2.
    static func signProbability(_ differences: [Double]) -> Double? {
        let n = differences.count { $0 != 0 }
        guard n > 0, n <= 1000 else { return nil }
        let fewer = min(differences.count { $0 > 0 }, differences.count { $0 < 0 })
        // The recurrence for the term of k successes is accurate, because all terms are positive.
        var (term, sum) = ((0..<n).reduce(1.0) { power, _ in power / 2 }, 0.0)
        for k in 0...fewer {
            sum += term
            term = term * Double(n - k) / Double(k + 1)
        }
        return min(1, 2 * sum)
    }

    /// The smallest possible p value of the signed-rank test with n pairs: 2 / 2^n.
    static func leastProbability(pairs: Int) -> Double { (0..<pairs).reduce(2.0) { power, _ in power / 2 } }

    /// Twice the midrank of each absolute difference, to be integral.
    private static func doubledRanks(_ differences: [Double]) -> [(rank: Int, isPositive: Bool)] {
        let sorted = differences.sorted { $0.magnitude < $1.magnitude }
        var ranks: [(rank: Int, isPositive: Bool)] = []
        var start = 0
        while start < sorted.count {
            let end = sorted[start...].firstIndex { $0.magnitude != sorted[start].magnitude } ?? sorted.count
            for index in start..<end { ranks.append((start + 1 + end, sorted[index] > 0)) }
            start = end
        }
        return ranks
    }

    /// The probability of each sum of a random subset of `ranks`.
    private static func distribution(_ ranks: [Int]) -> [Double] {
        var probabilities = [1.0]
        for rank in ranks {
            var next = [Double](repeating: 0, count: probabilities.count + rank)
            for (sum, probability) in probabilities.enumerated() {
                next[sum] += probability / 2
                next[sum + rank] += probability / 2
            }
            probabilities = next
        }
        return probabilities
    }
}
