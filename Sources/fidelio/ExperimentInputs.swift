import Canonical
import Datasets
import Experiments
import Storage
import Training

/// What an experiment reads of a storage folder.
struct ExperimentInputs {
    let storage: StorageFolder
    let dataset: String?
    let foreign: String?
    let secondEncoder: String?
    let threads: Int
    /// Tells what is being done, and which part of it is done where that is known.
    let say: (_ doing: String, _ fraction: Double?) -> Void

    /// The input of an experiment.
    /// - Errors: those of data sets and extractors; `ExperimentError`
    func input(of experiment: Experiment) throws -> Experiment.Input {
        switch (experiment.need, dataset) {
        case (.images, let dataset?): .images(try images(of: dataset))
        case (.classified, let dataset?): .classified(try classified(dataset))
        case (.features, let dataset?): .features(try features(of: dataset))
        case (.pictures, let dataset?): .pictures(try pictures(of: dataset))
        default: .none
        }
    }

    private func features(of name: String) throws -> ExperimentData {
        let dataset = try load(name)
        let train = try dataset.split("train"), test = try dataset.split("test")
        let encoder = try encoder(of: name, seed: 0)
        say("Computing features", nil)
        // Points have no class probabilities.
        let both: (features: [Float], logits: [Float]?) = encoder.classes > 0 ? encoder.featuresAndLogits(of: train) : (encoder.features(of: train), nil)
        return ExperimentData(
            dataset: name, datasetDigest: dataset.digest, encoder: encoder.name, encoderDigest: encoder.digest, dimension: encoder.dimension,
            classes: dataset.classes, train: (both.features, train.labels), test: (encoder.features(of: test), test.labels), trainLogits: both.logits)
    }

    private func pictures(of name: String) throws -> PatchExperimentData {
        let dataset = try load(name)
        return try PatchExperimentData(dataset: name, digest: dataset.digest, train: dataset.split("train"), test: dataset.split("test"))
    }

    private func images(of name: String) throws -> ImageExperimentData {
        let dataset = try load(name)
        let second = secondEncoder ?? "vgg"
        return try ImageExperimentData(
            train: .init(dataset: name, digest: dataset.digest, split: dataset.split("train")), test: dataset.split("test"), foreign: try others(),
            encoders: [encoder(of: name, seed: 0), second == EncoderSpecification.kind ? encoder(of: name, seed: 1) : encoder(of: name, kind: second, seed: 0)])
    }

    private func classified(_ name: String) throws -> ClassifiedImages {
        let dataset = try load(name), train = try dataset.split("train")
        guard train.shape.height > 1, train.shape.width > 1 else { throw ExperimentError.needsImages(dataset: name) }
        let encoder = try encoder(of: name, seed: 0)
        return try ClassifiedImages(
            train: .init(dataset: name, digest: dataset.digest, split: train), test: dataset.split("test"), foreign: try others(),
            classifier: .init(name: encoder.name, digest: encoder.digest, dimension: encoder.dimension, classes: encoder.classes) { encoder.featuresAndLogits(of: $0, count: $1) })
    }

    private func others() throws -> ImageExperimentData.Images? {
        guard let dataset = try foreign.map({ try load($0) }) else { return nil }
        return .init(dataset: dataset.name, digest: dataset.digest, split: try dataset.split("train"))
    }

    private func load(_ name: String) throws -> ImageDataset {
        try storage.create()
        say("Loading \(name)", nil)
        return try DatasetStore(root: storage.datasets).load(name)
    }

    private func encoder(of dataset: String, kind: String = EncoderSpecification.kind, seed: UInt64) throws -> Encoder {
        try Encoder.of(dataset: dataset, kind: kind, seed: seed, storage: storage.root, threads: threads) { fraction in
            say("Training the feature extractor", fraction)
        }
    }
}
