/// How values are spaced along an axis.
public enum AxisScale: String, Sendable, CaseIterable {
    case linear
    /// Equal ratios take equal room. Values at or below zero cannot be shown and are counted in a note.
    case logarithmic
}
