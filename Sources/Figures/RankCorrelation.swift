/// Spearman's rank correlation: Pearson's correlation of the ranks, with mean ranks for ties.
///
/// - Source: Spearman 1904.
public enum RankCorrelation {
    /// The coefficient of pairs of values.
    /// - Precondition: both have the same count
    /// - Returns: a value in [-1, 1]; nil if all values of one side are equal, or if there are fewer than two.
    public static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
        precondition(first.count == second.count, "\(first.count) and \(second.count) values")
        let (x, y) = (ranks(first), ranks(second))
        let middle = Double(x.count + 1) / 2
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - middle) * (a - middle)
            yy += (b - middle) * (b - middle)
            xy += (a - middle) * (b - middle)
        }
        guard xx > 0, yy > 0 else { return nil }
        return xy / (xx * yy).squareRoot()
    }

    /// Ranks from 1, with mean ranks for ties.
    public static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { result[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return result
    }
}
