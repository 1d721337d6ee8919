public import Canonical

/// What a specification needs to know about a data set.
public struct DatasetFacts: Sendable, Hashable {
    public let name: String
    /// The identity of its content.
    public let digest: Digest
    /// The encoder that evaluations use unless told otherwise.
    public let defaultEncoder: String
    /// The number of images of each split: "train", "test".
    public let splits: [String: Int]
    /// Whether its examples are points (images of 1x1) and not images.
    public let isPoints: Bool

    public init(name: String, digest: Digest, defaultEncoder: String, splits: [String: Int], isPoints: Bool = false) {
        self.name = name
        self.digest = digest
        self.defaultEncoder = defaultEncoder
        self.splits = splits
        self.isPoints = isPoints
    }
}
