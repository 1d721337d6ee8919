public import Canonical

/// A network that turns images into the features on which distances between distributions are taken: the encoder of an evaluation.
///
/// It joins models and metrics, which do not know each other. Its name and the digest of its weights stand beside every number.
public protocol FeatureExtractor {
    /// Such as "lenet-mnist".
    var name: String { get }
    /// Digest of the weights.
    var digest: Digest { get }
    /// Numbers in the feature vector of an image.
    var dimension: Int { get }

    /// The features of `count` images. Those of an image must not depend on which others are in the batch.
    /// - Shapes: images [count, height, width, channels] -> [count, dimension]
    /// - Range and units: pixels in [0, 1]
    func features(of images: [Float], count: Int) throws -> [Float]
}
