public import Canonical
internal import Datasets
internal import Models

/// Everything that decides an encoder's weights.
public struct EncoderSpecification: Sendable, Hashable {
    /// The one kind of encoder that the program trains itself.
    public static let kind = "lenet"

    /// The labelled data set that it learns from.
    public let dataset: String
    public let datasetDigest: Digest
    public let steps: Int
    public let batchSize = 100
    /// Decides the first weights and the order of the images; that of runs is 0.
    public let seed: UInt64
    public let learningRate = 0.001

    /// The encoder `kind` for a data set; polygons share the one that learned their number of corners.
    /// - Errors: `TrainingError.unknownEncoder`
    init(encoder: String, seed: UInt64 = 0, for dataset: DatasetDescription, in datasets: DatasetStore) throws(TrainingError) {
        guard encoder == Self.kind, let name = dataset.encoderDataset, let digest = try? datasets.description(named: name).digest else {
            throw .unknownEncoder(encoder, dataset: dataset.name)
        }
        (self.dataset, datasetDigest, self.seed) = (name, digest, seed)
        steps = name == "polygons-labelled" ? 400 : 1200
    }

    /// The name that stands beside every number: "lenet-mnist".
    public var name: String { "\(Self.kind)-\(dataset)" + (seed == 0 ? "" : "-seed-\(seed)") }

    public var json: JSONValue {
        .object([
            "architecture": .string(Classifier.architecture), "batch_size": .integer(Int64(batchSize)),
            "dataset": .object(["digest": .string(datasetDigest.hex), "name": .string(dataset)]), "encoder": .string(Self.kind),
            "learning_rate": .number(learningRate), "numerics": .integer(Int64(Version.numerics)), "seed": .integer(Int64(seed)),
            "steps": .integer(Int64(steps)),
        ])
    }

    public var digest: Digest { Digest.sha256(json.canonicalText) }
}
