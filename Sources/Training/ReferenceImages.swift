internal import Canonical
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
    /// Where the features and statistics of imported extractors are kept for all runs; nil: nowhere.
    private let cache: (store: FeatureCache, dataset: Digest)?
    /// Called with the number of images of each batch that the feature extractor has processed. What it throws ends the evaluation.
    var onImages: (_ count: Int) throws -> Void = { _ in }

    /// - Parameters:
    ///   - threads: number of threads for the covariance; no value depends on it
    ///   - storage: the storage folder that keeps what an imported extractor has computed; nil: nothing is kept
    /// - Errors: of the data set
    init(_ specification: Specification, encoder: Encoder, dataset: ImageDataset, threads: Int = 1, storage: String? = nil) throws {
        self.encoder = encoder
        self.threads = threads
        if let storage, encoder.isImported {
            cache = (FeatureCache(storage: storage), dataset.digest)
        } else {
            cache = nil
        }
        self.dataset = dataset.name
        split = try dataset.split(specification.evaluation.referenceSplit)
        train = try dataset.split("train")
        lowResolution = LowResolutionLevels(split, of: dataset)
        count = Swift.min(specification.evaluation.samples, split.count)
    }

    var splitName: String { split.name }

    /// The Gaussian fit of the reference features. - Errors: `MetricError` if there are too few reference images
    func fit() throws -> GaussianFit {
        if let cache, let known = cache.store.statistics(key(cache.dataset)) {
            guard count > known.fit.dimension else { throw MetricError.tooFewSamples(count: count, dimension: known.fit.dimension) }
            return known.fit
        }
        var builder = GaussianFitBuilder(dimension: encoder.dimension, threads: threads)
        try forEachBatch(of: split, 0..<count) { images, number in try builder.add(encoder.features(of: images, count: number)) }
        let fit = try builder.fit()
        // A full disk or a folder that cannot be written costs time alone.
        if let cache { try? cache.store.keep(FeatureStatistics(fit: fit, count: count, half: nil, extractor: encoder.digest, features: nil), key(cache.dataset)) }
        return fit
    }

    private func key(_ dataset: Digest) -> FeatureCache.Key { .dataset(dataset, split: split.name, count: count, extractor: encoder.digest) }

    /// Whether the storage has the fit.
    var hasStoredFit: Bool { cache.map { $0.store.hasStatistics(key($0.dataset)) } ?? false }

    /// Whether the features of the reference images, or of the training images, have been computed already.
    func knows(training: Bool) -> Bool { kept[training ? "train" : "reference"] != nil || (!training && cache.map { $0.store.hasFeatures(key($0.dataset)) } ?? false) }

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
        let stored = name == "reference" ? cache : nil
        if let stored, let known = stored.store.features(key(stored.dataset), needsLogits: false, threads: threads) {
            let set = try FeatureSet(known.features, dimension: known.dimension)
            kept[name] = set
            return set
        }
        var values: [Float] = []
        values.reserveCapacity(range.count * encoder.dimension)
        try forEachBatch(of: split, range) { images, number in values += encoder.features(of: images, count: number) }
        let set = try FeatureSet(values, dimension: encoder.dimension)
        if let stored {
            let features = ImageFeatures(features: values, dimension: encoder.dimension, logits: [], classes: 0, images: stored.dataset, extractor: encoder.digest)
            try? stored.store.keep(features, key(stored.dataset), threads: threads)
        }
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
