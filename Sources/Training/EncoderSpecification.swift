public import Canonical
public import Datasets
internal import Models

/// Everything that determines the weights of a feature extractor.
public struct EncoderSpecification: Sendable, Hashable {
    /// The default extractor for labeled images. Experiments can train others: any `Classifier.Architecture`.
    public static let kind = "lenet"
    /// The same network with its initial weights, for images without labels.
    /// - Source: Naeem et al. 2020, section 4, on embeddings of untrained networks. Differs: the network is ours.
    public static let untrained = "random"

    /// "lenet", "vgg" or "random".
    public let encoder: String
    /// The labeled data set on which it is trained; for "random", the data set whose shape it has.
    public let dataset: String
    /// Digest of that data set.
    public let datasetDigest: Digest
    /// Shape of the images.
    public let shape: ImageShape
    /// Number of training steps; 0 for "random".
    public let steps: Int
    /// Images per batch.
    public let batchSize = 100
    /// Seed of the initial weights and the data order; 0 for the extractors of runs.
    public let seed: UInt64
    let architecture: Classifier.Architecture
    /// Adam's learning rate.
    public let learningRate = 0.001

    /// The extractors that evaluations on a data set can use, default first.
    public static func choices(for dataset: DatasetDescription) -> [String] {
        if dataset.kind == .points { return [Encoder.coordinatesName] }
        return dataset.encoderDataset == nil ? [untrained] : [kind, untrained]
    }

    /// Those that provide class probabilities.
    public static func classifiers(for dataset: DatasetDescription) -> [String] { choices(for: dataset).filter { $0 == kind } }

    /// The extractor of a kind for a data set. All polygon data sets share the one trained to count corners; "random" is shared by all data sets of one shape.
    /// - Errors: `TrainingError.unknownEncoder`
    init(encoder: String, seed: UInt64 = 0, for dataset: DatasetDescription, in datasets: DatasetStore) throws(TrainingError) {
        let name = encoder == Self.untrained ? dataset.name : dataset.encoderDataset
        let known = encoder == Self.untrained ? Classifier.Architecture.lenet : Classifier.Architecture(rawValue: encoder)
        guard let architecture = known, dataset.kind == .images, let name, let digest = try? datasets.description(named: name).digest else {
            throw .unknownEncoder(encoder, dataset: dataset.name)
        }
        (self.encoder, self.dataset, datasetDigest, self.seed, self.architecture, shape) = (encoder, name, digest, seed, architecture, dataset.shape)
        steps = encoder == Self.untrained ? 0 : name == "polygons-labelled" ? 400 : 1200
    }

    private var shapeName: String { "\(shape.height)x\(shape.width)x\(shape.channels)" }

    /// The name reported with every value, such as "lenet-mnist" or "random-64x64x3".
    public var name: String { "\(encoder)-\(encoder == Self.untrained ? shapeName : dataset)" + (seed == 0 ? "" : "-seed-\(seed)") }

    /// The specification as canonical JSON.
    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "architecture": .string(architecture.text), "encoder": .string(encoder), "numerics": .integer(Int64(Version.numerics)),
            "seed": .integer(Int64(seed)),
        ]
        if encoder == Self.untrained {
            members["shape"] = .array([shape.height, shape.width, shape.channels].map { .integer(Int64($0)) })
        } else {
            members["batch_size"] = .integer(Int64(batchSize))
            members["dataset"] = .object(["digest": .string(datasetDigest.hex), "name": .string(dataset)])
            members["learning_rate"] = .number(learningRate)
            members["steps"] = .integer(Int64(steps))
        }
        return .object(members)
    }

    /// SHA-256 of the canonical text; the name of the stored archive.
    public var digest: Digest { Digest.sha256(json.canonicalText) }
}
