internal import Datasets
internal import Metrics
internal import Studies

/// The real side of an evaluation: features and pixels of the reference and training splits, computed on first use.
final class ReferenceImages {
    /// Number of reference images used, the first of the split.
    let count: Int
    /// The data set's name.
    let dataset: String
    let encoder: Encoder
    private let split: DatasetSplit
    private let train: DatasetSplit
    /// The low-resolution images of the reference split; nil if the data set has none.
    let lowResolution: LowResolutionLevels?
    /// The scores of bicubic enlargement, by metric and options, which are the same at every evaluation.
    var bicubicScores: [String: Double] = [:]
    private let threads: Int
    private var kept: [String: FeatureSet] = [:]
    /// Called with the number of images of each batch that the feature extractor has processed. What it throws ends the evaluation.
    var onImages: (_ count: Int) throws -> Void = { _ in }

    /// - Parameter threads: number of threads for the covariance; no value depends on it
    /// - Errors: of the data set
    init(_ specification: Specification, encoder: Encoder, dataset: ImageDataset, threads: Int = 1) throws {
        self.encoder = encoder
        self.threads = threads
        self.dataset = dataset.name
        split = try dataset.split(specification.evaluation.referenceSplit)
        train = try dataset.split("train")
        lowResolution = LowResolutionLevels(split, of: dataset)
        count = Swift.min(specification.evaluation.samples, split.count)
    }

    var splitName: String { split.name }

    /// The Gaussian fit of the reference features. - Errors: `MetricError` if there are too few reference images
    func fit() throws -> GaussianFit {
        var builder = GaussianFitBuilder(dimension: encoder.dimension, threads: threads)
        try forEachBatch(of: split, 0..<count) { images, number in try builder.add(encoder.features(of: images, count: number)) }
        return try builder.fit()
    }

    /// Whether the features of the reference images, or of the training images, have been computed already.
    func knows(training: Bool) -> Bool { kept[training ? "train" : "reference"] != nil }

    /// Number of training images.
    var trainingCount: Int { train.count }

    func features() throws -> FeatureSet { try featureSet("reference", split, 0..<count) }

    /// Features of all training images.
    func trainingFeatures() throws -> FeatureSet { try featureSet("train", train, 0..<train.count) }

    /// The reference images in the data set's range. - Shapes: [count, h, w, c]
    func images() -> [Float] { images(0..<count) }

    /// Some of them. - Shapes: [range.count, h, w, c]
    func images(_ range: Range<Int>) -> [Float] { split.images(at: range) }

    /// The first reference images, as 8-bit levels.
    func levels(at index: Int) -> [UInt8] { split.levels(at: index) }

    /// The shape of an image.
    var size: PictureSize { PictureSize(height: split.shape.height, width: split.shape.width, channels: split.shape.channels) }

    func pixels() throws -> FeatureSet { try pixelSet("reference-pixels", split, 0..<count) }

    /// Images for bandwidth selection: the first of the last 10,000 training images, or of the last sixth of a training split
    /// of fewer than 60,000.
    func validationPixels(_ wanted: Int) throws -> FeatureSet {
        let start = train.count - Swift.min(10_000, train.count / 6)
        return try pixelSet("validation-pixels", train, start..<Swift.min(train.count, start + wanted))
    }

    private func featureSet(_ name: String, _ split: DatasetSplit, _ range: Range<Int>) throws -> FeatureSet {
        if let known = kept[name] { return known }
        var values: [Float] = []
        values.reserveCapacity(range.count * encoder.dimension)
        try forEachBatch(of: split, range) { images, number in values += encoder.features(of: images, count: number) }
        let set = try FeatureSet(values, dimension: encoder.dimension)
        kept[name] = set
        return set
    }

    private func pixelSet(_ name: String, _ split: DatasetSplit, _ range: Range<Int>) throws -> FeatureSet {
        if let known = kept[name] { return known }
        let images = split.images(at: range)
        let set = try FeatureSet(images, dimension: images.count / Swift.max(1, range.count))
        kept[name] = set
        return set
    }

    private func forEachBatch(of split: DatasetSplit, _ range: Range<Int>, _ receive: (_ images: [Float], _ count: Int) throws -> Void) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1000) {
            let batch = start..<Swift.min(start + 1000, range.upperBound)
            try receive(split.images(at: batch), batch.count)
            try onImages(batch.count)
        }
    }
}
