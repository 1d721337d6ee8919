/// How values are spaced along an axis.
public enum AxisScale: String, Sendable, CaseIterable {
    case linear
    /// Equal ratios take equal room. Values at or below zero cannot be shown and are counted in a note.
    case logarithmic

    /// The scale on which values are read: logarithmic where all are above zero and span more than two decades.
    public static func automatic(for values: [Double]) -> AxisScale {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let greatest = finite.max(), least > 0 else { return .linear }
        // The quotient of two finite numbers may be infinite, which is more than a hundred as well.
        return greatest / least > 100 ? .logarithmic : .linear
    }

    /// The scale that was asked for, or the one that the values choose.
    /// - Returns: the notes say so where the values chose a logarithmic one.
    public static func chosen(_ asked: AxisScale?, for values: [Double]) -> (scale: AxisScale, notes: [String]) {
        if let asked { return (asked, []) }
        let scale = automatic(for: values)
        return (scale, scale == .logarithmic ? ["Logarithmic axis, because the values span more than two decades."] : [])
    }
}
