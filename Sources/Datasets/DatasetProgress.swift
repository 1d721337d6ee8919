/// How far adding or making a data set has come.
public struct DatasetProgress: Sendable, Hashable {
    /// What is being done, such as "Reading train-images-idx3-ubyte".
    public let activity: String
    /// 0 to 1.
    public let fraction: Double
}
