internal import Archives
public import Canonical
public import Codecs
internal import Datasets
internal import Engine
internal import Metrics
public import Models
internal import Numerics
internal import Studies

/// Enlarges pictures of any size with a checkpoint of super-resolution, and judges them whole, as published tables do: each picture is a true one that is reduced first, or a
/// low-resolution one.
public final class PictureEnlargement {
    private let request: EnlargementRequest
    private let enlarger: PictureEnlarger
    private let temperatures: [Double?]
    private var digests: [(name: String, digest: Digest)] = []
    private var bicubic: [PictureValues] = []
    private var samples: [[PictureValues]]

    /// Opens a checkpoint of a storage folder.
    /// - Errors: `EnlargementError`, `ExportError`, `FieldError`, `TrainingError`, and errors of archives and data sets
    public init(_ request: EnlargementRequest, storage: String, threads: Int, models: [any StudyModel] = ModelCatalog.all) throws {
        let archive = try ArchiveStore(root: "\(storage)/archives").read(request.checkpoint, threads: threads)
        enlarger = try PictureEnlarger(
            archive, tile: request.tile, datasets: DatasetStore(root: "\(storage)/datasets"), device: CPUDevice(threads: threads), models: models)
        let own = enlarger.temperature, model = enlarger.specification.model
        guard own != nil || request.temperatures.isEmpty else { throw EnlargementError.noTemperature(model: model) }
        guard own != nil || request.samples == 1 else { throw EnlargementError.noSamples(model: model) }
        temperatures = request.temperatures.isEmpty ? [own] : request.temperatures
        samples = temperatures.map { _ in [] }
        self.request = request
    }

    /// The scale of the model.
    public var scale: Int { enlarger.scale }
    /// The channels of its images.
    public var channels: Int { enlarger.channels }

    /// Enlarges and judges one picture.
    /// - Parameters:
    ///   - name: of the picture, for its values
    ///   - save: receives the low-resolution picture ("low"), its bicubic enlargement ("bicubic") and the samples ("0.9-0": temperature and number; "0" without a temperature)
    /// - Returns: its values as JSON
    /// - Errors: `EnlargementError`, `TrainingError`, and what `save` throws
    public func enlarge(_ picture: PixelImage, named name: String, save: (_ kind: String, _ image: PixelImage) throws -> Void) throws -> JSONValue {
        let judge = try judge(picture, name)
        let blown = BicubicResampler(height: judge.lowSize.height, width: judge.lowSize.width, toHeight: judge.size.height, toWidth: judge.size.width)
            .resampled(judge.low, channels: channels)
        try save("low", Self.image(judge.low, judge.lowSize))
        try save("bicubic", Self.image(blown, judge.size))
        digests.append((name, Digest.sha256(Data.text(judge.truth ?? judge.low, judge.truth == nil ? judge.lowSize : judge.size))))
        let baseline = judge.values(blown)
        bicubic.append(baseline)
        var methods: [JSONValue] = []
        for (place, temperature) in temperatures.enumerated() {
            let images = try (0..<request.samples).map { draw in
                let image = try enlarger.enlarged(judge.low, judge.lowSize, draw: draw, temperature: temperature ?? 1)
                try save((temperature.map { "\($0)-" } ?? "") + "\(draw)", Self.image(PictureJudge.levels(image), judge.size))
                return image
            }
            let values = judge.values(samples: images)
            samples[place].append(values)
            methods.append(.object(values.members.merging(["temperature": .optional(temperature)]) { $1 }))
        }
        return [
            "name": .string(name), "height": .integer(Int64(judge.size.height)), "width": .integer(Int64(judge.size.width)), "bicubic": .object(baseline.members),
            "samples": .array(methods),
        ]
    }

    /// What was enlarged, under which protocol, and the means over all pictures so far.
    public var summary: [String: JSONValue] {
        let list = JSONValue.array(digests.map { ["digest": .string($0.digest.hex), "name": .string($0.name)] })
        let meaning = request.meaning(scale: scale, pictures: list.digest)
        let means = zip(temperatures, samples).map { JSONValue.object(PictureValues.mean($1).members.merging(["temperature": .optional($0)]) { $1 }) }
        return [
            "model": .string(enlarger.specification.model), "step": .integer(Int64(enlarger.step)), "protocol": meaning, "protocol_digest": .string(meaning.digest.hex),
            "mean": ["bicubic": .object(PictureValues.mean(bicubic).members), "samples": .array(means)],
        ]
    }

    private func judge(_ picture: PixelImage, _ name: String) throws(EnlargementError) -> PictureJudge {
        precondition(picture.channels == channels, "a picture of \(picture.channels) channels for a model of \(channels)")
        let low: [UInt8], lowSize: PictureSize, truth: [UInt8]?
        if request.isLowResolution {
            (low, lowSize, truth) = (picture.pixels, PictureSize(height: picture.height, width: picture.width, channels: channels), nil)
        } else {
            lowSize = PictureSize(height: picture.height / scale, width: picture.width / scale, channels: channels)
            guard lowSize.height > 0, lowSize.width > 0 else { throw .tooSmall(name: name, height: picture.height, width: picture.width, scale: scale) }
            let whole = picture.cropped(height: lowSize.height * scale, width: lowSize.width * scale)
            truth = whole
            low = BicubicResampler(height: lowSize.height * scale, width: lowSize.width * scale, toHeight: lowSize.height, toWidth: lowSize.width)
                .resampled(whole, channels: channels)
        }
        let size = PictureSize(height: lowSize.height * scale, width: lowSize.width * scale, channels: channels)
        let reducing = BicubicResampler(height: size.height, width: size.width, toHeight: lowSize.height, toWidth: lowSize.width), channels = channels
        return PictureJudge(size: size, low: low, lowSize: lowSize, truth: truth, border: request.border) { reducing.resampled($0, channels: channels) }
    }

    private static func image(_ levels: [UInt8], _ size: PictureSize) -> PixelImage {
        PixelImage(width: size.width, height: size.height, channels: size.channels, pixels: levels)
    }

    private enum Data {
        /// The preimage of a picture's digest: its size in words, a line feed, and its bytes.
        static func text(_ levels: [UInt8], _ size: PictureSize) -> [UInt8] { Array("fidelio picture \(size.height) \(size.width) \(size.channels)\n".utf8) + levels }
    }
}

extension PixelImage {
    /// The upper left part.
    fileprivate func cropped(height: Int, width: Int) -> [UInt8] {
        (0..<height).flatMap { row in pixels[row * self.width * channels..<(row * self.width + width) * channels] }
    }
}
