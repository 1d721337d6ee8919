/// The scale of an axis.
public enum AxisScale: String, Sendable, CaseIterable {
    case linear
    /// Equal ratios have equal length. Nonpositive values cannot be shown and are counted in a note.
    case logarithmic

    /// The automatic scale: logarithmic if all values are positive and span more than two decades.
    public static func automatic(for values: [Double]) -> AxisScale {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let greatest = finite.max(), least > 0 else { return .linear }
        // The quotient of two finite numbers may be infinite, which also exceeds a hundred.
        return greatest / least > 100 ? .logarithmic : .linear
    }

    /// The requested scale, or the automatic one.
    /// - Returns: the scale, with a note if a logarithmic one was chosen automatically.
    public static func chosen(_ asked: AxisScale?, for values: [Double]) -> (scale: AxisScale, notes: [String]) {
        if let asked { return (asked, []) }
        let scale = automatic(for: values)
        return (scale, scale == .logarithmic ? ["Logarithmic axis, because the values span more than two decades."] : [])
    }
}
