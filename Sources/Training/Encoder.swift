public import Canonical
internal import Datasets
public import Metrics
internal import Models
internal import Tensors

/// A trained classifier as an encoder: the activations of its last hidden layer.
public final class Encoder: FeatureExtractor {
    public let name: String
    public let digest: Digest
    public var dimension: Int { Classifier.featureDimension }
    /// Share of the test split's labels that the classifier predicts.
    public let accuracy: Double
    private let batchSize: Int
    private let elements: Int
    private let session: Session

    init(name: String, digest: Digest, accuracy: Double, classifier: Classifier, store: TensorStore, executor: Executor) {
        self.name = name
        self.digest = digest
        self.accuracy = accuracy
        batchSize = classifier.batchSize
        elements = classifier.height * classifier.width * classifier.channels
        session = Session(classifier.features, store: store, executor: executor, seed: 0)
    }

    public func features(of images: [Float], count: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(count * dimension)
        for start in stride(from: 0, to: count, by: batchSize) {
            let taken = Swift.min(batchSize, count - start)
            var batch = Array(images[(start * elements)..<((start + taken) * elements)])
            batch += [Float](repeating: 0, count: (batchSize - taken) * elements)
            session.setInput("images", batch)
            session.run(step: 0)
            result += session.output("features").prefix(taken * dimension)
        }
        return result
    }
}
