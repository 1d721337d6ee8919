/// What the items of a data set are.
public enum DatasetKind: String, Sendable, Hashable, CaseIterable {
    /// Pixels in [0, 1].
    case images
    /// Points of the plane, with coordinates as they are: height 1, width 1, two channels.
    case points
}
