/// The number of images of a split.
public struct SplitSize: Sendable, Hashable {
    /// The name of the split.
    public let name: String
    /// Number of images.
    public let count: Int

    /// Creates a value from its parts.
    public init(_ name: String, _ count: Int) {
        (self.name, self.count) = (name, count)
    }
}
