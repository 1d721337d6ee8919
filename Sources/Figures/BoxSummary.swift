/// The five-number summary of a box plot: quartiles by linear interpolation between order statistics, and the extremes.
///
/// - Source: Hyndman and Fan 1996, definition 7 (the default of R and numpy).
struct BoxSummary: Equatable {
    let minimum: Double
    let lowerQuartile: Double
    let median: Double
    let upperQuartile: Double
    let maximum: Double

    /// Nil for an empty list.
    init?(_ values: [Double]) {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        minimum = first
        maximum = last
        lowerQuartile = Self.quantile(sorted, quarters: 1)
        median = Self.quantile(sorted, quarters: 2)
        upperQuartile = Self.quantile(sorted, quarters: 3)
    }

    private static func quantile(_ sorted: [Double], quarters: Int) -> Double {
        let rank = (sorted.count - 1) * quarters
        let below = rank / 4
        let part = Double(rank % 4) / 4
        let above = min(below + 1, sorted.count - 1)
        let span = sorted[above] - sorted[below]
        // The difference of two large numbers with opposite signs may overflow; scaled parts do not.
        return span.isFinite ? sorted[below] + span * part : sorted[below] * (1 - part) + sorted[above] * part
    }
}
