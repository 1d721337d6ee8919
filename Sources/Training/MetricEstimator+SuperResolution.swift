internal import Canonical
internal import Datasets
internal import Metrics
internal import Models
internal import Numerics
internal import Studies

/// The metrics of images that were generated for low-resolution images: image i for example i of the reference split.
extension MetricEstimator {
    static func superResolution(_ metric: String, options: Hyperparameters) -> MetricEstimator? {
        switch metric {
        case "psnr": peakSignalToNoise(PeakSignalToNoise(border: options.integer("border")))
        case "psnr_y": peakSignalToNoise(PeakSignalToNoise(.luma, border: options.integer("border")))
        case "ssim": similarity(StructuralSimilarity(border: options.integer("border")))
        case "ssim_uniform": similarity(StructuralSimilarity(.uniform, border: options.integer("border")))
        case "lr_psnr": consistency()
        case "diversity": diversity(SampleDiversity(draws: options.integer("draws")), count: options.integer("samples"))
        default: nil
        }
    }

    private static func peakSignalToNoise(_ metric: PeakSignalToNoise) -> MetricEstimator {
        compared(name: "psnr-1", options: metric.options) { picture, index, reference, _ throws(MetricError) in
            try metric.decibels(of: picture, against: reference.levels(at: index), size: reference.size)
        }
    }

    private static func similarity(_ metric: StructuralSimilarity) -> MetricEstimator {
        compared(name: "ssim-1", options: metric.options) { picture, index, reference, _ throws(MetricError) in
            try metric.similarity(of: picture, and: reference.levels(at: index), size: reference.size)
        }
    }

    /// The images reduced like those of a bicubic data set, also where low-resolution images are given.
    private static func consistency() -> MetricEstimator {
        let metric = PeakSignalToNoise()
        var options: [String: JSONValue] = ["kernel": "bicubic, antialiased, 8 bits after each axis"]
        if case .object(let members) = metric.options { options.merge(members) { $1 } }
        options["border"] = nil
        return compared(name: "lr-psnr-1", options: .object(options)) { picture, index, _, small throws(MetricError) in
            try metric.decibels(of: small.reduced(picture), against: small.image(at: index), size: small.size)
        }
    }

    private typealias Score = (_ picture: [UInt8], _ index: Int, _ reference: ReferenceImages, _ small: LowResolutionLevels) throws(MetricError) -> Double

    /// Mean and standard error of a score over the generated images, and the mean over bicubic enlargements.
    private static func compared(name: String, options: JSONValue, score: @escaping Score) -> MetricEstimator {
        MetricEstimator(name: name, options: options, requirements: .init(levels: true, sampler: true, images: false)) { generated, reference, _ in
            let small = try lowResolution(generated, reference), levels = generated.levels!, elements = reference.size.elements
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

    /// - Errors: `MetricError.notApplicable` if the model or the data set has nothing to do with low-resolution images
    private static func lowResolution(_ generated: GeneratedImages, _ reference: ReferenceImages) throws(MetricError) -> LowResolutionLevels {
        guard generated.sampler?.program.generation.condition?.name == ExampleField.lowResolution else {
            throw .notApplicable("the model does not generate images for low-resolution images")
        }
        guard let small = reference.lowResolution else { throw .notApplicable("the data set \(reference.dataset) has no low-resolution images") }
        return small
    }

    /// Of the first images of the reference split, each sampled several times; sample 0 is the one that the other metrics see.
    private static func diversity(_ metric: SampleDiversity, count: Int) -> MetricEstimator {
        var options: [String: JSONValue] = ["samples": .integer(Int64(count))]
        if case .object(let members) = metric.options { options.merge(members) { $1 } }
        return MetricEstimator(
            name: "diversity-1", options: .object(options), requirements: .init(sampler: true, images: false), most: count
        ) { generated, reference, _ in
            _ = try lowResolution(generated, reference)
            let sampler = generated.sampler!, size = reference.size, stream = RandomStream(seed: 0, name: Evaluator.latentStream)
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
