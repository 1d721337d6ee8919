internal import Canonical
internal import Metrics
internal import Models
internal import Numerics

/// What latent normalization does: images with noise are encoded, their latents normalized, and decoded.
extension MetricEstimator {
    /// How latents are normalized, in the order of the metric's values; nil: not at all.
    private static let normalizations: [LatentNormalization?] = [nil] + LatentNormalization.allCases.map(Optional.some)

    /// Mean PSNR of the restored images by normalization and of the images with noise, then the mean standard deviation of an image's latents by normalization. Image i is that of
    /// `SuperResolutionPicture.restored`.
    /// - Parameter count: of images, from the start of the reference split
    static func restoration(count: Int, _ temperature: Double?) -> MetricEstimator {
        MetricEstimator(
            name: "restoration-1",
            options: options(
                [
                    "levels": 256, "noise": .integer(Int64(SuperResolutionPicture.noiseLevels)), "rounding": "nearest", "samples": .integer(Int64(count)),
                    "stream": .string(SuperResolutionPictures.degradationStream),
                ], temperature), requirements: .init(sampler: true, images: false), most: count
        ) { generated, reference, _ in
            let small = try lowResolution(generated, reference), sampler = try generated.sampler(at: nil), size = reference.size
            guard let mapping = try generated.latentMapping() else { throw MetricError.notApplicable("the model has no latents of given images, only a flow has") }
            let stream = RandomStream(seed: 0, name: Evaluator.latentStream), factor = Float(temperature ?? mapping.temperature), metric = PeakSignalToNoise()
            var scores = [[Double]](repeating: [], count: normalizations.count + 1), deviations = [[Double]](repeating: [], count: normalizations.count)
            let total = Swift.min(count, reference.count), step = sampler.program.batchSize
            for start in stride(from: 0, to: total, by: step) {
                let indices = start..<Swift.min(start + step, total)
                let noisy = indices.map { SuperResolutionPictures.degraded(reference.levels(at: $0), index: $0) }
                let low = noisy.flatMap { SuperResolutionPictures.numbers(small.reduced($0)) }
                let encoded = mapping.latents(of: noisy.flatMap(SuperResolutionPictures.numbers), under: low, count: indices.count)
                let drawn = sampler.latents(stream: stream, start: start, count: indices.count).map { $0 * factor }
                for (place, index) in indices.enumerated() {
                    scores[normalizations.count].append(try metric.decibels(of: noisy[place], against: reference.levels(at: index), size: size))
                }
                for (kind, normalization) in normalizations.enumerated() {
                    let latents = indices.map { index -> [Float] in
                        let range = (index - start) * size.elements..<(index - start + 1) * size.elements, own = Array(encoded[range])
                        return normalization?.normalized(own, like: Array(drawn[range]), groups: mapping.groups) ?? own
                    }
                    deviations[kind] += latents.map { Moments($0).deviation }
                    let images = PictureJudge.levels(mapping.images(of: latents.flatMap { $0 }, under: low, count: indices.count))
                    for (place, index) in indices.enumerated() {
                        let picture = Array(images[place * size.elements..<(place + 1) * size.elements])
                        scores[kind].append(try metric.decibels(of: picture, against: reference.levels(at: index), size: size))
                    }
                }
            }
            return try scores.map { try PictureScore($0).mean } + deviations.map { try PictureScore($0).mean }
        }
    }
}
