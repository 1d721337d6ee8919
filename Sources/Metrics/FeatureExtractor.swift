public import Canonical

/// A network that maps images to the features from which metrics are computed (the key `encoder` of a specification).
///
/// The protocol decouples models and metrics, which do not import each other. The extractor's name and the digest of its weights are part of every evaluation protocol.
public protocol FeatureExtractor {
    /// Such as "lenet-mnist".
    var name: String { get }
    /// Digest of the weights.
    var digest: Digest { get }
    /// Number of features per image.
    var dimension: Int { get }

    /// Computes the features of `count` images. The features of an image must not depend on the other images in the batch.
    /// - Shapes: images [count, height, width, channels] -> [count, dimension]
    /// - Range and units: pixels in [0, 1]
    func features(of images: [Float], count: Int) throws -> [Float]
}
