public import Canonical

/// What a specification needs to know about a data set.
public struct DatasetFacts: Sendable, Hashable {
    public let name: String
    /// The identity of its content.
    public let digest: Digest
    /// The encoders that evaluations can choose from; the first is used unless told otherwise.
    public let encoders: [String]
    /// Those of them that give class probabilities.
    public let classifiers: [String]
    /// The number of images of each split: "train", "test".
    public let splits: [String: Int]
    /// Whether its examples are points (images of 1x1) and not images.
    public let isPoints: Bool
    /// Whether its examples are images of a single pixel, which no network is made for.
    public let isSinglePixel: Bool
    /// Whether all images that could belong to it are known, so that distances to them can be measured.
    public let hasManifold: Bool
    /// Whether it is a mixture whose modes are known, so that those that a generator reaches can be counted.
    public let hasModes: Bool
    /// Channels of an example, where that is known.
    public let channels: Int?

    /// - Precondition: there is an encoder
    public init(
        name: String, digest: Digest, encoders: [String], classifiers: [String], splits: [String: Int], isPoints: Bool = false, hasManifold: Bool = false,
        hasModes: Bool = false, channels: Int? = nil, isSinglePixel: Bool = false
    ) {
        self.channels = channels
        self.isSinglePixel = isSinglePixel
        self.hasModes = hasModes
        self.hasManifold = hasManifold
        self.name = name
        self.digest = digest
        self.encoders = encoders
        self.classifiers = classifiers
        self.splits = splits
        self.isPoints = isPoints
    }
}
