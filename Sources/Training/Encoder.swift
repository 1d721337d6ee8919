public import Canonical
internal import Datasets
public import Metrics
internal import Models
internal import Engine
internal import Extractors

/// A feature extractor (the key `encoder` of a specification): the activations of a classifier's last hidden layer, and its logits. For points, the coordinates
/// are the features, and nothing is trained.
public final class Encoder: FeatureExtractor {
    /// Name, such as "lenet-mnist".
    public let name: String
    /// Digest of the archive of its weights.
    public let digest: Digest
    /// Number of features per example.
    public let dimension: Int
    /// Number of classes; 0 if it provides no class probabilities.
    public let classes: Int
    /// Accuracy of the classifier in [0, 1], on the test split or on the split named by "accuracy_split" in the archive's manifest.
    public let accuracy: Double
    private let batchSize: Int
    private let elements: Int
    private let sessions: (features: Session, both: Session)?
    private let imported: (extractor: ImportedExtractor, shape: ImageShape)?
    /// Whether other people trained it.
    var isImported: Bool { imported != nil }

    init(name: String, digest: Digest, accuracy: Double, classifier: Classifier, store: TensorStore, device: CPUDevice, knowsClasses: Bool = true) {
        self.name = name
        self.digest = digest
        self.accuracy = accuracy
        classes = knowsClasses ? classifier.classes : 0
        batchSize = classifier.batchSize
        elements = classifier.height * classifier.width * classifier.channels
        dimension = classifier.architecture.featureDimension
        imported = nil
        let session = Session(classifier.features, store: store, device: device, seed: 0)
        sessions = (session, Session(classifier.featuresAndLogits, store: store, device: device, seed: 0, sharing: session))
    }

    /// The extractor for points: the features are the coordinates. It has no classes.
    init(coordinates: Int) {
        name = Self.coordinatesName
        digest = Digest.sha256("fidelio encoder: coordinates 1, \(coordinates)")
        (classes, accuracy, dimension) = (0, 0, coordinates)
        (batchSize, elements, sessions, imported) = (1, coordinates, nil, nil)
    }

    static let coordinatesName = "coordinates"

    /// No extractor, for metrics that need no features.
    static let none = (name: "none", digest: Digest.sha256("fidelio encoder: none"))

    /// Stands for an extractor where no metric needs one. It gives images themselves.
    init(unusedFor elements: Int) {
        (name, digest) = Self.none
        (classes, accuracy, dimension) = (0, 0, elements)
        (batchSize, self.elements, sessions, imported) = (1, elements, nil, nil)
    }

    /// A network that other people trained, for images of a shape.
    /// - Precondition: it reads images of that shape
    init(_ extractor: ImportedExtractor, shape: ImageShape) {
        (name, digest, dimension, classes, accuracy) = (extractor.name, extractor.digest, extractor.dimension, extractor.classes, 0)
        (batchSize, elements, sessions, imported) = (extractor.batchSize, shape.elements, nil, (extractor, shape))
    }

    /// Whether squared distances of features are perceptual distances.
    var isPerceptual: Bool { imported?.extractor.isPerceptual ?? false }

    /// The features of images, independent of how they are batched.
    /// - Shapes: images [count, height, width, channels] in [0, 1] -> [count, dimension]
    public func features(of images: [Float], count: Int) -> [Float] {
        if let imported { return computed(imported.extractor, imported.shape, images, count, wantsLogits: false).features }
        guard let session = sessions?.features else { return images }
        var result: [Float] = []
        result.reserveCapacity(count * dimension)
        run(session, images, count) { taken in result += session.output("features").prefix(taken * dimension) }
        return result
    }

    /// Features and logits in one forward pass.
    /// - Shapes: images [count, height, width, channels] -> [count, dimension] and [count, classes]
    public func featuresAndLogits(of images: [Float], count: Int) -> (features: [Float], logits: [Float]) {
        if let imported { return computed(imported.extractor, imported.shape, images, count, wantsLogits: true) }
        guard let both = sessions?.both else { return (images, []) }
        var features: [Float] = [], logits: [Float] = []
        run(both, images, count) { taken in
            features += both.output("features").prefix(taken * dimension)
            logits += both.output("logits").prefix(taken * classes)
        }
        return (features, logits)
    }

    private func computed(
        _ extractor: ImportedExtractor, _ shape: ImageShape, _ images: [Float], _ count: Int, wantsLogits: Bool
    ) -> (features: [Float], logits: [Float]) {
        let levels = Self.levels(of: images[..<(count * elements)])
        do {
            return try extractor.features(of: levels, count: count, height: shape.height, width: shape.width, channels: shape.channels, wantsLogits: wantsLogits)
        } catch { preconditionFailure("\(error)") }
    }

    private func run(_ session: Session, _ images: [Float], _ count: Int, _ receive: (_ taken: Int) -> Void) {
        for start in stride(from: 0, to: count, by: batchSize) {
            let taken = Swift.min(batchSize, count - start)
            var batch = Array(images[(start * elements)..<((start + taken) * elements)])
            batch += [Float](repeating: 0, count: (batchSize - taken) * elements)
            session.setInput("images", batch)
            session.run(step: 0)
            receive(taken)
        }
    }
}
