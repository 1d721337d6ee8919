public import Canonical
public import Datasets
internal import Models

/// Everything that decides an encoder's weights.
public struct EncoderSpecification: Sendable, Hashable {
    /// The kind of encoder that runs on labelled images are measured with. The program can train others for experiments: each `Classifier.Architecture`.
    public static let kind = "lenet"
    /// The same network with its first weights, for images without labels.
    /// - Source: Naeem et al. 2020, section 4, on embeddings of networks that were not trained. Differs: the network is ours.
    public static let untrained = "random"

    /// "lenet", "vgg" or "random".
    public let encoder: String
    /// The labelled data set that it learns from; for "random" the one whose shape it has.
    public let dataset: String
    public let datasetDigest: Digest
    public let shape: ImageShape
    public let steps: Int
    public let batchSize = 100
    /// Decides the first weights and the order of the images; that of runs is 0.
    public let seed: UInt64
    let architecture: Classifier.Architecture
    public let learningRate = 0.001

    /// The encoders that evaluations on a data set can choose from, the default first.
    public static func choices(for dataset: DatasetDescription) -> [String] {
        if dataset.kind == .points { return [Encoder.coordinatesName] }
        return dataset.encoderDataset == nil ? [untrained] : [kind, untrained]
    }

    /// Those of them that give class probabilities.
    public static func classifiers(for dataset: DatasetDescription) -> [String] { choices(for: dataset).filter { $0 == kind } }

    /// The encoder of a kind for a data set; polygons share the one that learned their number of corners, and "random" is shared by all of one shape.
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

    /// The name that stands beside every number: "lenet-mnist", "random-64x64x3".
    public var name: String { "\(encoder)-\(encoder == Self.untrained ? shapeName : dataset)" + (seed == 0 ? "" : "-seed-\(seed)") }

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

    public var digest: Digest { Digest.sha256(json.canonicalText) }
}
