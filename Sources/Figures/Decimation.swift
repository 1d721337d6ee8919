/// Decimation of long series that preserves extremes.
///
/// The points are divided into equal intervals; the smallest and the largest value of each interval and series are kept, and the
/// first and last point. The choice depends only on the values. The caller reports how many points are shown.
public enum Decimation {
    /// The indices to keep, ascending.
    /// - Parameters:
    ///   - series: columns over one common axis, all of the same length. NaN is kept only
    ///     if its whole interval is NaN.
    ///   - limit: approximate maximum number of indices; all are kept if there are no more.
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

    /// Removes duplicates from a sorted list.
    private static func rising(_ indices: [Int]) -> [Int] {
        var result: [Int] = []
        for index in indices where result.last.map({ $0 < index }) ?? true { result.append(index) }
        return result
    }
}
