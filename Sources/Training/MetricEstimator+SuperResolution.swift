internal import Canonical
internal import Datasets
internal import Metrics
internal import Models
internal import Numerics
internal import Studies

/// The metrics of images that were generated for low-resolution images: image i for example i of the reference split.
extension MetricEstimator {
    static func superResolution(_ metric: String, options: Hyperparameters) -> MetricEstimator? {
        let temperature = options[MetricChoice.temperatureOption]?.number, tempered = temperature == MetricChoice.ownTemperature ? nil : temperature
        return switch metric {
        case "psnr": peakSignalToNoise(PeakSignalToNoise(border: options.integer("border")), tempered)
        case "psnr_y": peakSignalToNoise(PeakSignalToNoise(.luma, border: options.integer("border")), tempered)
        case "ssim": similarity(StructuralSimilarity(border: options.integer("border")), tempered)
        case "ssim_uniform": similarity(StructuralSimilarity(.uniform, border: options.integer("border")), tempered)
        case "lr_psnr": consistency(tempered)
        case "lpips": perceptual(tempered)
        case "restoration": restoration(count: options.integer("samples"), tempered)
        case "diversity": diversity(SampleDiversity(draws: options.integer("draws")), count: options.integer("samples"), tempered)
        default: nil
        }
    }

    private static func peakSignalToNoise(_ metric: PeakSignalToNoise, _ temperature: Double?) -> MetricEstimator {
        compared(name: "psnr-1", options: metric.options, temperature) { picture, index, reference, _ throws(MetricError) in
            try metric.decibels(of: picture, against: reference.levels(at: index), size: reference.size)
        }
    }

    private static func similarity(_ metric: StructuralSimilarity, _ temperature: Double?) -> MetricEstimator {
        compared(name: "ssim-1", options: metric.options, temperature) { picture, index, reference, _ throws(MetricError) in
            try metric.similarity(of: picture, and: reference.levels(at: index), size: reference.size)
        }
    }

    /// The images reduced like those of a bicubic data set, also where low-resolution images are given.
    private static func consistency(_ temperature: Double?) -> MetricEstimator {
        let metric = PeakSignalToNoise()
        var options: [String: JSONValue] = ["kernel": "bicubic, antialiased, 8 bits after each axis"]
        if case .object(let members) = metric.options { options.merge(members) { $1 } }
        options["border"] = nil
        return compared(name: "lr-psnr-1", options: .object(options), temperature) { picture, index, _, small throws(MetricError) in
            try metric.decibels(of: small.reduced(picture), against: small.image(at: index), size: small.size)
        }
    }

    private typealias Score = (_ picture: [UInt8], _ index: Int, _ reference: ReferenceImages, _ small: LowResolutionLevels) throws(MetricError) -> Double

    /// Mean and standard error of a score over the generated images, and the mean over bicubic enlargements.
    private static func compared(name: String, options: JSONValue, _ temperature: Double?, score: @escaping Score) -> MetricEstimator {
        MetricEstimator(
            name: name, options: Self.options(options, temperature),
            requirements: .init(levels: temperature == nil, temperatures: temperature.map { [$0] } ?? [], sampler: true, images: false)
        ) { generated, reference, _ in
            let small = try lowResolution(generated, reference), levels = try generated.levels(at: temperature), elements = reference.size.elements
            let count = Swift.min(levels.count / elements, reference.count)
            let scores = try PictureScore(
                (0..<count).map { index in try score(Array(levels[index * elements..<(index + 1) * elements]), index, reference, small) })
            let key = "\(name) \(options.canonicalText)"
            if reference.bicubicScores[key] == nil {
                reference.bicubicScores[key] = try PictureScore((0..<count).map { index in try score(small.enlarged(at: index), index, reference, small) }).mean
            }
            return [scores.mean, scores.standardError, reference.bicubicScores[key] ?? .nan]
        }
    }

    /// LPIPS: squared distances of the features of a perceptual extractor.
    private static func perceptual(_ temperature: Double?) -> MetricEstimator {
        MetricEstimator(
            name: "lpips-1", options: options(["levels": 256, "rounding": "nearest"], temperature),
            requirements: .init(levels: temperature == nil, temperatures: temperature.map { [$0] } ?? [], sampler: true, images: false)
        ) { generated, reference, _ in
            let small = try lowResolution(generated, reference), elements = reference.size.elements, key = "lpips-1 \(reference.encoder.digest.hex)"
            guard reference.encoder.isPerceptual else {
                throw MetricError.notApplicable("the extractor \(reference.encoder.name) gives no perceptual distances; import one with fidelio extractor add lpips-alex")
            }
            let levels = try generated.levels(at: temperature), count = Swift.min(levels.count / elements, reference.count)
            let scores = try PictureScore(distances(count, reference) { Array(levels[$0 * elements..<($0 + 1) * elements]) })
            if reference.bicubicScores[key] == nil { reference.bicubicScores[key] = try PictureScore(distances(count, reference) { small.enlarged(at: $0) }).mean }
            return [scores.mean, scores.standardError, reference.bicubicScores[key] ?? .nan]
        }
    }

    /// The squared distances of pictures from the first reference images, in features, summed in double precision.
    private static func distances(_ count: Int, _ reference: ReferenceImages, _ picture: (_ index: Int) -> [UInt8]) -> [Double] {
        let encoder = reference.encoder, dimension = encoder.dimension, pairs = 8
        return stride(from: 0, to: count, by: pairs).flatMap { start -> [Double] in
            let indices = start..<Swift.min(count, start + pairs)
            let images = indices.flatMap { picture($0) + reference.levels(at: $0) }.map { Float($0) / 255 }
            let features = encoder.features(of: images, count: 2 * indices.count)
            return indices.indices.map { index in
                let first = (index - start) * 2 * dimension
                return (0..<dimension).reduce(0.0) { sum, i in
                    let apart = Double(features[first + i]) - Double(features[first + dimension + i])
                    return sum + apart * apart
                }
            }
        }
    }

    /// Options of a protocol; a temperature only where it is not the model's own, so that protocols without one keep their digests.
    static func options(_ options: JSONValue, _ temperature: Double?) -> JSONValue {
        guard let temperature, case .object(var members) = options else { return options }
        members[MetricChoice.temperatureOption] = .number(temperature)
        return .object(members)
    }

    /// - Errors: `MetricError.notApplicable` if the model or the data set has nothing to do with low-resolution images
    static func lowResolution(_ generated: GeneratedImages, _ reference: ReferenceImages) throws(MetricError) -> LowResolutionLevels {
        guard generated.sampler?.program.generation.condition?.name == ExampleField.lowResolution else {
            throw .notApplicable("the model does not generate images for low-resolution images")
        }
        guard let small = reference.lowResolution else { throw .notApplicable("the data set \(reference.dataset) has no low-resolution images") }
        return small
    }

    /// Of the first images of the reference split, each sampled several times; sample 0 is the one that the other metrics see.
    private static func diversity(_ metric: SampleDiversity, count: Int, _ temperature: Double?) -> MetricEstimator {
        var options: [String: JSONValue] = ["samples": .integer(Int64(count))]
        if case .object(let members) = metric.options { options.merge(members) { $1 } }
        return MetricEstimator(
            name: "diversity-1", options: Self.options(.object(options), temperature), requirements: .init(sampler: true, images: false), most: count
        ) { generated, reference, _ in
            _ = try lowResolution(generated, reference)
            let sampler = try generated.sampler(at: temperature), size = reference.size, stream = RandomStream(seed: 0, name: Evaluator.latentStream)
            let total = Swift.min(count, reference.count)
            var deviations: [Double] = [], scores: [Double] = []
            for start in stride(from: 0, to: total, by: sampler.program.batchSize) {
                let taken = Swift.min(sampler.program.batchSize, total - start), truth = reference.images(start..<start + taken)
                var draws: [[Float]] = []
                try sampler.samples(stream: stream, start: start, count: taken, draws: 0..<metric.draws) { images, _, _ in
                    if let bad = images.firstIndex(where: { !$0.isFinite }) {
                        throw MetricError.notFinite(sample: start + bad / size.elements, feature: bad % size.elements)
                    }
                    draws.append(images)
                }
                for place in 0..<taken {
                    let range = place * size.elements..<(place + 1) * size.elements
                    let samples = draws.map { Array($0[range]) }, expected = Array(truth[range])
                    deviations.append(SampleDiversity.pixelDeviation(samples))
                    scores.append(SampleDiversity.score(samples.map { SampleDiversity.squaredErrors(of: $0, against: expected, channels: size.channels) }))
                }
            }
            let deviation = try PictureScore(deviations)
            return [deviation.mean, deviation.standardError, try PictureScore(scores).mean]
        }
    }
}
