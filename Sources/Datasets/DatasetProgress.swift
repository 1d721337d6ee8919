/// Progress of importing or generating a data set.
public struct DatasetProgress: Sendable, Hashable {
    /// The current activity, such as "Reading train-images-idx3-ubyte".
    public let activity: String
    /// In [0, 1].
    public let fraction: Double
}
