internal import Canonical
internal import Codecs
internal import Datasets
internal import Metrics
internal import Models
internal import Numerics
internal import Studies

/// The pictures of one image under a checkpoint, each with the numbers that belong beside it.
final class SuperResolutionPictures {
    /// A picture and its numbers.
    struct Shown {
        let picture: SuperResolutionPicture
        let image: PixelImage
        /// Metrics and, for maps, levels, by name.
        let values: [String: Double]
        /// Whether all numbers behind it were finite; others are drawn black.
        let isFinite: Bool
        /// Of a picture made from an image's latents, their moments at each level.
        var latents: [LatentMoments] = []
    }

    /// The moments of an image's latents at one level, as they were encoded, and as they were decoded after normalization.
    struct LatentMoments {
        let shape: ExampleShape
        let before: Moments
        let after: Moments
    }

    private let model: SuperResolutionModel
    private let request: SuperResolutionRequest
    private let size: PictureSize
    private let smallSize: PictureSize
    private let data: (split: DatasetSplit, small: LowResolutionLevels)?
    private let lowResolution: [UInt8]
    private let enlarging: BicubicResampler
    private let reducing: BicubicResampler
    private var known: [Int: [Float]] = [:]

    /// An image of a split.
    /// - Errors: `ExportError.noSuchImage`, `noTemperature`
    convenience init(_ model: SuperResolutionModel, _ request: SuperResolutionRequest, index: Int, split: DatasetSplit, of dataset: ImageDataset) throws(ExportError) {
        guard index < split.count else { throw .noSuchImage(index: index, split: split.name, count: split.count) }
        guard let small = LowResolutionLevels(split, of: dataset) else { throw .notSuperResolution(model: model.specification.model) }
        try self.init(model, request, low: small.image(at: index), size: small.size, scale: split.shape.height / small.size.height, data: (split, small))
    }

    /// A low resolution without a truth.
    /// - Errors: `ExportError.noTemperature`
    convenience init(_ model: SuperResolutionModel, _ request: SuperResolutionRequest, upload: PixelImage, scale: Int) throws(ExportError) {
        try self.init(
            model, request, low: upload.pixels, size: PictureSize(height: upload.height, width: upload.width, channels: upload.channels), scale: scale, data: nil)
    }

    private init(
        _ model: SuperResolutionModel, _ request: SuperResolutionRequest, low: [UInt8], size: PictureSize, scale: Int, data: (DatasetSplit, LowResolutionLevels)?
    ) throws(ExportError) {
        guard request.temperature == nil || model.latentMap != nil else { throw .noTemperature(model: model.specification.model) }
        (self.model, self.request, self.data, lowResolution, smallSize) = (model, request, data, low, size)
        let (height, width) = (size.height * scale, size.width * scale)
        self.size = PictureSize(height: height, width: width, channels: size.channels)
        enlarging = BicubicResampler(height: size.height, width: size.width, toHeight: height, toWidth: width)
        reducing = BicubicResampler(height: height, width: width, toHeight: size.height, toWidth: size.width)
    }

    /// The true levels of an image of the split; without an index, of the one that is shown.
    /// - Errors: `ExportError.noTruth`, `noSuchImage`
    private func truth(_ picture: SuperResolutionPicture, index: Int? = nil) throws(ExportError) -> [UInt8] {
        guard let data, case .example(let own) = request.source else { throw .noTruth(picture: picture.word) }
        let index = index ?? own
        guard index < data.split.count else { throw .noSuchImage(index: index, split: data.split.name, count: data.split.count) }
        return data.split.levels(at: index)
    }

    private func reduced(_ levels: [UInt8]) -> [UInt8] { reducing.resampled(levels, channels: size.channels) }

    /// An image of a low resolution in levels, which is mirrored at its lower and right edge as far as the model needs, as is the image cut.
    private func made(of low: [UInt8], latents: [Float]) -> [Float] {
        let padded = Self.framed(Self.numbers(low), from: smallSize, height: model.low.height, width: model.low.width)
        let whole = PictureSize(height: model.high.height, width: model.high.width, channels: size.channels)
        return Self.framed(model.image(of: padded, latents: latents), from: whole, height: size.height, width: size.width)
    }

    /// The upper left part, mirrored beyond the lower and right edge.
    private static func framed(_ image: [Float], from size: PictureSize, height: Int, width: Int) -> [Float] {
        guard height != size.height || width != size.width else { return image }
        func mirrored(_ place: Int, _ extent: Int) -> Int { Swift.max(0, place < extent ? place : 2 * extent - 1 - place) }
        var result: [Float] = []
        result.reserveCapacity(height * width * size.channels)
        for y in 0..<height {
            for x in 0..<width {
                let start = (mirrored(y, size.height) * size.width + mirrored(x, size.width)) * size.channels
                result += image[start..<start + size.channels]
            }
        }
        return result
    }

    /// Standard deviation of the latents; nil for a model without a choice.
    var temperature: Double? { request.temperature ?? model.latentMap?.temperature }

    /// - Errors: `ExportError.noLatents`, `noSuchImage`; `MetricError`
    func shown(_ picture: SuperResolutionPicture) throws -> Shown {
        switch picture {
        case .lowResolution: Shown(picture: picture, image: image(lowResolution, smallSize), values: [:], isFinite: true)
        case .truth: try judged(picture, truth(picture))
        case .bicubic: try judged(picture, enlarging.resampled(lowResolution, channels: size.channels))
        case .sample(let draw): try judged(picture, levels(draw), isFinite: isFinite(draw))
        case .difference(let draw):
            map(picture, Self.differences(levels(draw), try truth(picture), channels: size.channels), size, isFinite: isFinite(draw))
        case .consistency(let draw):
            map(picture, Self.differences(reduced(levels(draw)), lowResolution, channels: size.channels), smallSize, isFinite: isFinite(draw))
        case .deviation:
            map(picture, deviations(), size, isFinite: (0..<SuperResolutionRequest.deviationDraws).allSatisfy(isFinite))
        case .between(let first, let second, let percent): try between(picture, first, second, Double(percent) / 100)
        case .image(let index): try Shown(picture: picture, image: image(truth(picture, index: index), size), values: [:], isFinite: true)
        case .transfer(let index, let normalization):
            try decoded(picture, truth(picture, index: index), under: data?.small.image(at: index) ?? [], for: lowResolution, normalization)
        case .degraded: try judged(picture, degraded(picture))
        case .restored(let normalization):
            try restored(picture, degraded(picture), normalization)
        case .pasted(let index): try judged(picture, pasted(picture, index))
        case .blended(let index, let normalization): try decoded(picture, pasted(picture, index), under: lowResolution, for: lowResolution, normalization)
        }
    }

    // MARK: Samples

    private func sample(_ draw: Int) -> [Float] {
        if let sample = known[draw] { return sample }
        let sample = made(of: lowResolution, latents: latents(draw))
        known[draw] = sample
        return sample
    }

    private func isFinite(_ draw: Int) -> Bool { sample(draw).allSatisfy(\.isFinite) }

    private func levels(_ draw: Int) -> [UInt8] { PictureJudge.levels(sample(draw)) }

    static func numbers(_ levels: [UInt8]) -> [Float] { levels.map { Float($0) / 255 } }

    /// The latents of a draw at the temperature.
    private func latents(_ draw: Int) -> [Float] {
        let latents = model.latents(of: request.source, draw: draw), factor = Float(temperature ?? 1)
        return temperature == nil ? latents : latents.map { $0 * factor }
    }

    /// Of each pixel, in 8-bit levels: divisor n - 1, mean over channels, not clipped, as in the metric of diversity.
    private func deviations() -> [Double] {
        let samples = (0..<SuperResolutionRequest.deviationDraws).map(sample)
        return stride(from: 0, to: size.elements, by: size.channels).map { start in
            SampleDiversity.pixelDeviation(samples.map { Array($0[start..<start + size.channels]) })
        }
    }

    /// Of each pixel, in levels: the absolute difference, mean over channels.
    private static func differences(_ one: [UInt8], _ other: [UInt8], channels: Int) -> [Double] {
        stride(from: 0, to: one.count, by: channels).map { start in
            Double((start..<start + channels).reduce(0) { $0 + abs(Int(one[$1]) - Int(other[$1])) }) / Double(channels)
        }
    }

    // MARK: Latent space

    /// ((1 - t) a + t b) / sqrt((1 - t)^2 + t^2): between independent normal latents of one variance all the way latents of that variance, unlike on a straight line.
    private func between(_ picture: SuperResolutionPicture, _ first: Int, _ second: Int, _ t: Double) throws -> Shown {
        guard model.latentMap != nil else { throw ExportError.noLatents(model: model.specification.model) }
        let norm = ((1 - t) * (1 - t) + t * t).squareRoot(), (a, b) = (Float((1 - t) / norm), Float(t / norm))
        // One draw stays itself.
        let latents = first == second ? latents(first) : zip(latents(first), latents(second)).map { a * $0 + b * $1 }
        let made = made(of: lowResolution, latents: latents)
        return try judged(picture, PictureJudge.levels(made), isFinite: made.allSatisfy(\.isFinite))
    }

    /// An image's latents under one low resolution, normalized to a sample's, decoded under another.
    private func decoded(
        _ picture: SuperResolutionPicture, _ levels: [UInt8], under low: [UInt8], for other: [UInt8], _ normalization: LatentNormalization?
    ) throws -> Shown {
        let encoded = try model.latents(of: Self.numbers(levels), under: Self.numbers(low)), groups = model.latentMap?.groups ?? []
        let latents = normalization?.normalized(encoded, like: self.latents(0), groups: groups) ?? encoded
        let made = made(of: other, latents: latents)
        var shown = try judged(picture, PictureJudge.levels(made), isFinite: made.allSatisfy(\.isFinite))
        var start = 0
        for shape in groups {
            let range = start..<start + shape.count
            shown.latents.append(LatentMoments(shape: shape, before: Moments(Array(encoded[range])), after: Moments(Array(latents[range]))))
            start = range.upperBound
        }
        return shown
    }

    private func restored(_ picture: SuperResolutionPicture, _ levels: [UInt8], _ normalization: LatentNormalization?) throws -> Shown {
        let low = reduced(levels)
        return try decoded(picture, levels, under: low, for: low, normalization)
    }

    /// The truth with normal noise, the same for every checkpoint.
    private func degraded(_ picture: SuperResolutionPicture) throws(ExportError) -> [UInt8] {
        guard case .example(let index) = request.source else { throw .noTruth(picture: picture.word) }
        return Self.degraded(try truth(picture), index: index)
    }

    /// An image with the noise of this number.
    static func degraded(_ levels: [UInt8], index: Int) -> [UInt8] {
        let noise = RandomStream(seed: 0, name: degradationStream)
            .numbers(.normal(mean: 0, deviation: Float(SuperResolutionPicture.noiseLevels) / 255), step: UInt64(clamping: index), count: levels.count)
        return PictureJudge.levels(zip(numbers(levels), noise).map { $0 + $1 })
    }

    static let degradationStream = "degradation/noise"

    /// The truth, in the middle half of its height and width with the pixels of another image.
    private func pasted(_ picture: SuperResolutionPicture, _ index: Int) throws(ExportError) -> [UInt8] {
        let other = try truth(picture, index: index)
        var levels = try truth(picture)
        for y in size.height / 4..<size.height * 3 / 4 {
            let row = (y * size.width + size.width / 4) * size.channels..<(y * size.width + size.width * 3 / 4) * size.channels
            levels.replaceSubrange(row, with: other[row])
        }
        return levels
    }

    // MARK: Pictures

    private func image(_ levels: [UInt8], _ size: PictureSize) -> PixelImage {
        PixelImage(width: size.width, height: size.height, channels: size.channels, pixels: levels)
    }

    private func judged(_ picture: SuperResolutionPicture, _ levels: [UInt8], isFinite: Bool = true) throws(MetricError) -> Shown {
        let metric = PeakSignalToNoise()
        var values = ["lr_psnr": try metric.decibels(of: reduced(levels), against: lowResolution, size: smallSize)]
        if picture != .truth, let truth = try? truth(picture) { values["psnr"] = try metric.decibels(of: levels, against: truth, size: size) }
        return Shown(picture: picture, image: image(levels, size), values: values, isFinite: isFinite)
    }

    private func map(_ picture: SuperResolutionPicture, _ values: [Double], _ size: PictureSize, isFinite: Bool) -> Shown {
        let white = Double(picture.whiteLevels ?? 255)
        let pixels = values.map { UInt8(saturating: Swift.min(255, (255 * $0 / white).rounded())) }
        return Shown(
            picture: picture, image: PixelImage(width: size.width, height: size.height, channels: 1, pixels: pixels),
            values: ["mean": values.reduce(0, +) / Double(values.count), "largest": values.max() ?? 0], isFinite: isFinite)
    }
}

extension SuperResolutionPictures.Shown {
    /// The picture as JSON: its word, size, numbers, and PNG file with the digest of the file.
    func json() -> JSONValue {
        let file = PNG.encode(image)
        var members: [String: JSONValue] = [
            "picture": .string(picture.word), "width": .integer(Int64(image.width)), "height": .integer(Int64(image.height)),
            "digest": .string(Digest.sha256(file).hex), "png": .string(Base64.text(of: file)), "finite": .bool(isFinite),
            "white": picture.whiteLevels.map { .integer(Int64($0)) } ?? .null,
        ]
        members["latents"] = .array(
            latents.map { level in
                [
                    "height": .integer(Int64(level.shape.height)), "width": .integer(Int64(level.shape.width)), "channels": .integer(Int64(level.shape.channels)),
                    "mean": .optional(level.before.mean), "deviation": .optional(level.before.deviation),
                    "normalized_mean": .optional(level.after.mean), "normalized_deviation": .optional(level.after.deviation),
                ]
            })
        for name in ["psnr", "lr_psnr", "mean", "largest"] { members[name] = values[name].flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
        return .object(members)
    }
}
