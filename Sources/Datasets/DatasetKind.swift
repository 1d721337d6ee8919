/// The kind of items in a data set.
public enum DatasetKind: String, Sendable, Hashable, CaseIterable {
    /// Pixels in [0, 1].
    case images
    /// Points in the plane with unscaled coordinates: height 1, width 1, two channels.
    case points
}
