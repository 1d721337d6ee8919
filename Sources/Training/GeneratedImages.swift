internal import Canonical
internal import Metrics
internal import Numerics

/// The generated side of an evaluation: one pass of the generator and the feature extractor, shared by all metrics.
struct GeneratedImages {
    let fit: GaussianFitBuilder
    let features: FeatureSet?
    let logits: FeatureSet?
    let pixels: FeatureSet?
    /// The images rounded to the nearest of 256 levels, one after another.
    let levels: [UInt8]?
    /// The sampler, for metrics that query the generator.
    let sampler: Sampler?
    /// Samples at other temperatures than the model's own.
    var tempered: TemperedImages?
    /// The model's map between images and latents, made when it is asked for; nil if it has none.
    var latentMapping: () throws -> LatentMapping? = { nil }

    /// What the metrics need from the pass.
    struct Requirements {
        var features = false
        var logits = false
        var pixels = false
        var levels = false
        /// The temperatures, other than the model's own, at which levels are needed.
        var temperatures: Set<Double> = []
        var sampler = false
        /// Whether the metric needs the pass of the feature extractor.
        var images = true
    }

    /// Pixels that do not come from a generator and need no features.
    /// - Errors: `MetricError.notFinite`
    init(pixels: [Float], count: Int) throws {
        self.pixels = try FeatureSet(pixels, dimension: pixels.count / count)
        fit = GaussianFitBuilder(dimension: 1)
        (features, logits, sampler, levels) = (nil, nil, nil, nil)
    }

    /// No images: only the model.
    init(_ sampler: Sampler) {
        self.sampler = sampler
        fit = GaussianFitBuilder(dimension: 1)
        (features, logits, pixels, levels) = (nil, nil, nil, nil)
    }

    /// The levels of the images. - Parameter temperature: nil for the model's own
    /// - Errors: as `Sampler.tempered`; `MetricError.notFinite`
    func levels(at temperature: Double?) throws -> [UInt8] {
        guard let temperature else {
            guard let levels else { preconditionFailure("no estimator asked for levels") }
            return levels
        }
        return try others.levels(at: temperature)
    }

    /// The sampler of a temperature. - Parameter temperature: nil for the model's own
    /// - Errors: as `Sampler.tempered`
    func sampler(at temperature: Double?) throws -> Sampler {
        guard let temperature else {
            guard let sampler else { preconditionFailure("no estimator asked for the sampler") }
            return sampler
        }
        return try others.sampler(at: temperature)
    }

    private var others: TemperedImages {
        guard let tempered else { preconditionFailure("no samples at other temperatures") }
        return tempered
    }

    /// The images themselves, without a feature extractor.
    /// - Parameter onImages: called with the number of images of each batch. What it throws ends the pass.
    /// - Errors: `MetricError.notFinite` where the generator gives numbers that are not finite.
    init(levelsOf sampler: Sampler, count: Int, onImages: (_ count: Int) throws -> Void = { _ in }) throws {
        var levels: [UInt8] = []
        try sampler.images(stream: RandomStream(seed: 0, name: Evaluator.latentStream), count: count) { images, number in
            try Self.append(images, count: number, to: &levels)
            try onImages(number)
        }
        (self.sampler, self.levels) = (sampler, levels)
        fit = GaussianFitBuilder(dimension: 1)
        (features, logits, pixels) = (nil, nil, nil)
    }

    /// Values below 0 become 0 and those above 1 become 255.
    private static func append(_ images: [Float], count: Int, to levels: inout [UInt8]) throws(MetricError) {
        let elements = images.count / Swift.max(1, count)
        if let bad = images.firstIndex(where: { !$0.isFinite }) { throw .notFinite(sample: levels.count / elements + bad / elements, feature: bad % elements) }
        levels += images.map { $0 > 0 ? UInt8(saturating: (Swift.min($0, 1) * 255).rounded()) : 0 }
    }

    /// - Parameters:
    ///   - threads: number of threads for the covariance; no value depends on it
    ///   - onImages: called with the number of images of each batch that the feature extractor has processed. What it throws ends the pass.
    /// - Errors: `MetricError.notFinite` where the generator gives numbers that are not finite.
    init(
        _ sampler: Sampler, _ encoder: Encoder, count: Int, requirements: Requirements, threads: Int = 1, onImages: (_ count: Int) throws -> Void = { _ in }
    ) throws {
        var builder = GaussianFitBuilder(dimension: encoder.dimension, threads: threads)
        var features: [Float] = [], logits: [Float] = [], pixels: [Float] = [], levels: [UInt8] = []
        try sampler.images(stream: RandomStream(seed: 0, name: Evaluator.latentStream), count: count) { images, number in
            let outputs = requirements.logits
                ? encoder.featuresAndLogits(of: images, count: number) : (encoder.features(of: images, count: number), [])
            try builder.add(outputs.0)
            if requirements.features { features += outputs.0 }
            logits += outputs.1
            if requirements.pixels { pixels += images }
            if requirements.levels { try Self.append(images, count: number, to: &levels) }
            try onImages(number)
        }
        fit = builder
        self.sampler = requirements.sampler ? sampler : nil
        self.levels = requirements.levels ? levels : nil
        self.features = requirements.features ? try FeatureSet(features, dimension: encoder.dimension) : nil
        self.logits = requirements.logits ? try FeatureSet(logits, dimension: encoder.classes) : nil
        self.pixels = requirements.pixels ? try FeatureSet(pixels, dimension: pixels.count / count) : nil
    }
}

/// Samplers and samples at temperatures other than the model's own, each made when a metric first asks for it.
final class TemperedImages {
    private let count: Int
    private let onImages: (_ count: Int) throws -> Void
    private let make: (_ temperature: Double) throws -> Sampler
    private var samplers: [Double: Sampler] = [:]
    private var known: [Double: [UInt8]] = [:]

    /// - Parameters:
    ///   - count: images of an evaluation
    ///   - onImages: called with the number of images of each batch. What it throws ends the evaluation.
    init(count: Int, onImages: @escaping (_ count: Int) throws -> Void, make: @escaping (_ temperature: Double) throws -> Sampler) {
        (self.count, self.onImages, self.make) = (count, onImages, make)
    }

    func sampler(at temperature: Double) throws -> Sampler {
        if let sampler = samplers[temperature] { return sampler }
        let sampler = try make(temperature)
        samplers[temperature] = sampler
        return sampler
    }

    /// - Errors: `MetricError.notFinite`
    func levels(at temperature: Double) throws -> [UInt8] {
        if let levels = known[temperature] { return levels }
        let made = try GeneratedImages(levelsOf: try sampler(at: temperature), count: count, onImages: onImages)
        let levels = try made.levels(at: nil)
        known[temperature] = levels
        return levels
    }
}
