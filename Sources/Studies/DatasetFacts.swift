public import Canonical

/// The properties of a data set that specifications depend on.
public struct DatasetFacts: Sendable, Hashable {
    /// The name of the data set.
    public let name: String
    /// The identity of its content.
    public let digest: Digest
    /// The available feature extractors; the first is the default.
    public let encoders: [String]
    /// The extractors that provide class probabilities.
    public let classifiers: [String]
    /// The extractors whose squared distances are perceptual distances.
    public let perceptual: [String]
    /// The number of images of each split: "train", "test".
    public let splits: [String: Int]
    /// Whether its items are points (images of 1x1) instead of images.
    public let isPoints: Bool
    /// Whether its items are single-pixel images, which no network supports.
    public let isSinglePixel: Bool
    /// Whether the data manifold is known, so that distances to it can be computed.
    public let hasManifold: Bool
    /// Whether it is a mixture with known modes, so that mode coverage can be computed.
    public let hasModes: Bool
    /// Whether every image has a low-resolution partner.
    public let hasLowResolution: Bool
    /// Channels per item, if known.
    public let channels: Int?

    /// Creates the facts of a data set.
    /// - Precondition: `encoders` is not empty
    public init(
        name: String, digest: Digest, encoders: [String], classifiers: [String], splits: [String: Int], isPoints: Bool = false, hasManifold: Bool = false,
        hasModes: Bool = false, channels: Int? = nil, isSinglePixel: Bool = false, hasLowResolution: Bool = false,
        perceptual: [String] = []
    ) {
        self.perceptual = perceptual
        self.hasLowResolution = hasLowResolution
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
