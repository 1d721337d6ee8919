public import Canonical
internal import Datasets
internal import Models

/// Everything that decides an encoder's weights.
public struct EncoderSpecification: Sendable, Hashable {
    /// The kind of encoder that runs are measured with. The program can train others for experiments: each `Classifier.Architecture`.
    public static let kind = "lenet"

    /// The labelled data set that it learns from.
    public let dataset: String
    public let datasetDigest: Digest
    public let steps: Int
    public let batchSize = 100
    /// Decides the first weights and the order of the images; that of runs is 0.
    public let seed: UInt64
    let architecture: Classifier.Architecture
    public let learningRate = 0.001

    /// The encoder of a kind for a data set; polygons share the one that learned their number of corners.
    /// - Errors: `TrainingError.unknownEncoder`
    init(encoder: String, seed: UInt64 = 0, for dataset: DatasetDescription, in datasets: DatasetStore) throws(TrainingError) {
        guard let architecture = Classifier.Architecture(rawValue: encoder), let name = dataset.encoderDataset, let digest = try? datasets.description(named: name).digest else {
            throw .unknownEncoder(encoder, dataset: dataset.name)
        }
        (self.dataset, datasetDigest, self.seed, self.architecture) = (name, digest, seed, architecture)
        steps = name == "polygons-labelled" ? 400 : 1200
    }

    /// The name that stands beside every number: "lenet-mnist".
    public var name: String { "\(architecture.rawValue)-\(dataset)" + (seed == 0 ? "" : "-seed-\(seed)") }

    public var json: JSONValue {
        .object([
            "architecture": .string(architecture.text), "batch_size": .integer(Int64(batchSize)),
            "dataset": .object(["digest": .string(datasetDigest.hex), "name": .string(dataset)]), "encoder": .string(architecture.rawValue),
            "learning_rate": .number(learningRate), "numerics": .integer(Int64(Version.numerics)), "seed": .integer(Int64(seed)),
            "steps": .integer(Int64(steps)),
        ])
    }

    public var digest: Digest { Digest.sha256(json.canonicalText) }
}
