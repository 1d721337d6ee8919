/// Training metrics of a run in columns over one axis of steps. A column holds nil where the metric has no value.
public struct MetricTable: Sendable, Equatable {
    /// Completed training steps, ascending.
    public var steps: [Int]
    /// The metric of each column.
    public var names: [String]
    /// One column per metric, as long as `steps`.
    public var columns: [[Double?]]

    /// Makes a table; every column must be as long as `steps`.
    public init(steps: [Int] = [], names: [String] = [], columns: [[Double?]] = []) {
        self.steps = steps
        self.names = names
        self.columns = columns
    }

    /// Joins series over the union of their steps; the steps of each series ascend.
    public init(series: [(name: String, steps: [Int], values: [Double])]) {
        let axis = Set(series.flatMap(\.steps)).sorted()
        steps = axis
        names = series.map(\.name)
        columns = series.map { line in
            var column = [Double?](repeating: nil, count: axis.count)
            var place = 0
            for (step, value) in zip(line.steps, line.values) {
                while axis[place] < step { place += 1 }
                if value.isFinite { column[place] = value }
            }
            return column
        }
    }

    /// At most about `limit` rows: the first, the last, and from each of equal ranges of rows those that hold
    /// the minimum or maximum of some column, so that no peak is lost. A function of the rows alone.
    public func decimated(to limit: Int) -> MetricTable {
        guard limit > 0, steps.count > limit else { return self }
        let stretches = max(1, (limit - 2) / max(1, 2 * names.count))
        var kept: Set<Int> = [0, steps.count - 1]
        for stretch in 0..<stretches {
            let rows = (steps.count * stretch / stretches)..<(steps.count * (stretch + 1) / stretches)
            for column in columns { kept.formUnion(MetricTable.extremes(of: column, in: rows)) }
        }
        let rows = kept.sorted()
        return MetricTable(steps: rows.map { steps[$0] }, names: names, columns: columns.map { column in rows.map { column[$0] } })
    }

    private static func extremes(of column: [Double?], in rows: Range<Int>) -> [Int] {
        var smallest: Int?
        var largest: Int?
        for row in rows {
            guard let value = column[row] else { continue }
            if smallest.map({ value < column[$0]! }) ?? true { smallest = row }
            if largest.map({ value > column[$0]! }) ?? true { largest = row }
        }
        return [smallest, largest].compactMap(\.self)
    }
}
