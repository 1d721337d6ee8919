/// Chooses which points of long series are drawn, so that the picture keeps every extreme.
///
/// The points are cut into equal stretches; of each stretch and series the smallest and the largest value stay, and the
/// first and last point of all. The choice depends on the values alone. Whoever draws says how many points of how many are shown.
public enum Decimation {
    /// The indices to keep, rising.
    /// - Parameters:
    ///   - series: columns over one common axis, all of one length. A value that is not a number
    ///     stays only where its whole stretch is.
    ///   - limit: at most about this many indices; all are kept when there are no more than that.
    public static func indices(of series: [[Double]], limit: Int) -> [Int] {
        let count = series.first?.count ?? 0
        precondition(series.allSatisfy { $0.count == count }, "columns of \(series.map(\.count)) values")
        guard count > max(limit, 2) else { return Array(0..<count) }
        let stretches = max(1, (limit - 2) / (2 * series.count))
        var kept: [Int] = [0]
        for stretch in 0..<stretches {
            let range = (count * stretch / stretches)..<(count * (stretch + 1) / stretches)
            kept += extremes(series, range)
        }
        kept.append(count - 1)
        return rising(kept)
    }

    private static func extremes(_ series: [[Double]], _ range: Range<Int>) -> [Int] {
        var found: [Int] = []
        for column in series where !range.isEmpty {
            var low = range.lowerBound
            var high = range.lowerBound
            for index in range where !column[index].isNaN {
                if column[low].isNaN || column[index] < column[low] { low = index }
                if column[high].isNaN || column[index] > column[high] { high = index }
            }
            found += [low, high]
        }
        return found.sorted()
    }

    /// Sorted neighbours may repeat an index; each is kept once.
    private static func rising(_ indices: [Int]) -> [Int] {
        var result: [Int] = []
        for index in indices where result.last.map({ $0 < index }) ?? true { result.append(index) }
        return result
    }
}
