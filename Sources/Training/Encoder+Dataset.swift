public import Datasets
internal import Engine

/// Feature extractors outside of runs, for experiments on data alone.
extension Encoder {
    /// The feature extractor that runs on a data set use, or another kind; trained on first use and stored by its digest.
    /// - Parameters:
    ///   - kind: the name of an architecture, "lenet" or "vgg"
    ///   - seed: 0 for the extractor of the runs; another seed gives other initial weights and another data order
    ///   - storage: the storage folder
    /// - Errors: of files and data sets; `TrainingError.unknownEncoder` for an unknown kind, for a kind that requires labels on a data set
    ///   without labels ("lenet" becomes "random" there), and for points with another kind or seed than the default, because
    ///   their features are the coordinates
    public static func of(
        dataset name: String, kind: String = EncoderSpecification.kind, seed: UInt64 = 0, storage: String, threads: Int, progress: (Double) throws -> Void = { _ in }
    ) throws -> Encoder {
        let datasets = DatasetStore(root: "\(storage)/datasets")
        let description = try datasets.description(named: name)
        if description.kind == .points {
            guard kind == EncoderSpecification.kind else { throw TrainingError.unknownEncoder(kind, dataset: name) }
            guard seed == 0 else { throw TrainingError.unknownEncoder("\(coordinatesName)-seed-\(seed)", dataset: name) }
            return Encoder(coordinates: description.shape.channels)
        }
        let isUntrained = description.encoderDataset == nil && kind == EncoderSpecification.kind
        let specification = try EncoderSpecification(
            encoder: isUntrained ? EncoderSpecification.untrained : kind, seed: seed, for: description, in: datasets)
        return try EncoderStore(folder: "\(storage)/encoders", datasets: datasets)
            .encoder(specification, device: CPUDevice(threads: threads), progress: progress)
    }

    /// Features and logits of a whole split.
    /// - Shapes: [split.count, dimension] and [split.count, classes]
    public func featuresAndLogits(of split: DatasetSplit) -> (features: [Float], logits: [Float]) {
        var all: (features: [Float], logits: [Float]) = ([], [])
        for start in stride(from: 0, to: split.count, by: 1000) {
            let range = start..<Swift.min(start + 1000, split.count)
            let both = featuresAndLogits(of: split.images(at: range), count: range.count)
            all.features += both.features
            all.logits += both.logits
        }
        return all
    }

    /// Features of a whole split.
    /// - Shapes: [split.count, dimension]
    public func features(of split: DatasetSplit) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(split.count * dimension)
        for start in stride(from: 0, to: split.count, by: 1000) {
            let range = start..<Swift.min(start + 1000, split.count)
            result += features(of: split.images(at: range), count: range.count)
        }
        return result
    }
}
