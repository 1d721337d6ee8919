public import Canonical

/// Pictures of one image under a checkpoint of a super-resolution model: what is shown side by side.
///
/// Equal requests give equal bytes, and a picture has the same bytes in every request that names it.
public struct SuperResolutionRequest: Sendable, Hashable {
    /// Allowed numbers of pictures.
    public static let counts = 1...16
    /// Allowed indices of images.
    public static let indices = 0...10_000_000
    /// The folder of uploaded pictures in a storage folder; each is a PNG file named by the digest of the file.
    public static let uploads = "uploads"
    /// The greatest height and width of an uploaded picture.
    public static let mostPixels = 128
    /// Allowed temperatures.
    public static let temperatures = 0.0...2.0
    /// Samples behind a map of deviations.
    public static let deviationDraws = 10

    /// What is enlarged.
    public enum Source: Sendable, Hashable {
        /// An image of the reference split of the run's evaluation.
        case example(Int)
        /// An uploaded picture, as low resolution; the digest is that of its file.
        case upload(Digest)
    }

    /// What is enlarged.
    public let source: Source
    /// Standard deviation of the latents; nil for that of the model's own samples.
    public let temperature: Double?
    /// What is shown, in order.
    public let pictures: [SuperResolutionPicture]

    /// Creates a request.
    /// - Precondition: the index, the temperature, and the number of pictures are allowed.
    public init(_ source: Source, temperature: Double? = nil, pictures: [SuperResolutionPicture]) {
        if case .example(let index) = source { precondition(Self.indices.contains(index), "the index \(index)") }
        precondition(Self.counts.contains(pictures.count), "\(pictures.count) pictures")
        precondition(temperature.map(Self.temperatures.contains) ?? true, "the temperature \(temperature ?? 0)")
        (self.source, self.temperature, self.pictures) = (source, temperature, pictures)
    }

    /// As above, of an image of the reference split.
    public init(index: Int, temperature: Double? = nil, pictures: [SuperResolutionPicture]) {
        self.init(.example(index), temperature: temperature, pictures: pictures)
    }

    /// The request as members of an export.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = ["pictures": .array(pictures.map { .string($0.word) })]
        switch source {
        case .example(let index): members["index"] = .integer(Int64(index))
        case .upload(let digest): members["upload"] = .string(digest.hex)
        }
        if let temperature { members["temperature"] = .number(temperature) }
        return members
    }

    /// - Errors: `FieldError`
    init(_ fields: inout FieldReader) throws(FieldError) {
        let words = try fields.array("pictures", count: Self.counts).map { $0.stringValue ?? "" }
        var pictures: [SuperResolutionPicture] = []
        for word in words {
            guard let picture = SuperResolutionPicture(word: word) else { throw fields.error("pictures", "has \"\(word.prefix(40))\"; \(SuperResolutionPicture.rule)") }
            pictures.append(picture)
        }
        let source: Source
        if let upload = try fields.optionalDigest("upload") { source = .upload(upload) } else { source = .example(try fields.integer("index", in: Self.indices)) }
        self.init(
            source, temperature: try fields.optionalNumber("temperature", in: Self.temperatures), pictures: pictures)
    }
}

/// One picture beside others. Its word, as in addresses, is its name and its parameters joined by hyphens: "sample-3".
public enum SuperResolutionPicture: Sendable, Hashable {
    /// The low-resolution image, in its own size.
    case lowResolution
    /// The true image.
    case truth
    /// The bicubic enlargement of the low resolution.
    case bicubic
    /// The image generated from latents of the evaluation stream; draw 0 is the one that metrics see.
    case sample(draw: Int)
    /// The absolute difference of a sample to the truth.
    case difference(draw: Int)
    /// The absolute difference of the reduced sample to the low resolution, in its size.
    case consistency(draw: Int)
    /// The standard deviation of each pixel over samples.
    case deviation
    /// The image between two samples in latent space, at a percentage of the way.
    case between(draw: Int, and: Int, percent: Int)
    /// The true image of another index.
    case image(index: Int)
    /// The image of another index's latents under this low resolution.
    case transfer(index: Int, LatentNormalization?)
    /// The true image with noise.
    case degraded
    /// The image of the degraded image's latents under the degraded image's low resolution.
    case restored(LatentNormalization?)
    /// The true image with the middle of another.
    case pasted(index: Int)
    /// The image of its latents under this low resolution.
    case blended(index: Int, LatentNormalization?)

    /// Allowed draws.
    public static let draws = 0...9999

    /// Allowed percentages.
    public static let percents = 0...100
    /// The standard deviation of the noise of a degraded image, in 8-bit levels.
    public static let noiseLevels = 20

    /// What words there are, for errors.
    public static let rule =
        "allowed: low, truth, bicubic, deviation, degraded, and with draws D and E of 0 ... \(draws.upperBound), a percentage P, the index I of an image, and N one of none, "
        + "\(LatentNormalization.allCases.map(\.rawValue).joined(separator: ", ")): sample-D, difference-D, consistency-D, between-D-E-P, image-I, transfer-I-N, restored-N, paste-I, blend-I-N"

    /// The picture in addresses.
    public var word: String {
        switch self {
        case .lowResolution: "low"
        case .truth: "truth"
        case .bicubic: "bicubic"
        case .sample(let draw): "sample-\(draw)"
        case .difference(let draw): "difference-\(draw)"
        case .consistency(let draw): "consistency-\(draw)"
        case .deviation: "deviation"
        case .between(let first, let second, let percent): "between-\(first)-\(second)-\(percent)"
        case .image(let index): "image-\(index)"
        case .transfer(let index, let normalization): "transfer-\(index)-\(Self.word(normalization))"
        case .degraded: "degraded"
        case .restored(let normalization): "restored-\(Self.word(normalization))"
        case .pasted(let index): "paste-\(index)"
        case .blended(let index, let normalization): "blend-\(index)-\(Self.word(normalization))"
        }
    }

    private static func word(_ normalization: LatentNormalization?) -> String { normalization?.rawValue ?? "none" }

    /// Reads a word in its only spelling; nil for another.
    public init?(word: String) {
        let parts = word.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.dropFirst().compactMap { Int($0, in: SuperResolutionRequest.indices) }
        guard let picture = Self.plain(parts) ?? Self.numbered(parts[0], numbers, count: parts.count - 1) ?? Self.normalized(parts, numbers), picture.word == word else { return nil }
        self = picture
    }

    private static func plain(_ parts: [String]) -> SuperResolutionPicture? {
        let plain: [SuperResolutionPicture] = [.lowResolution, .truth, .bicubic, .deviation, .degraded]
        return parts.count == 1 ? plain.first { $0.word == parts[0] } : nil
    }

    private static func numbered(_ name: String, _ numbers: [Int], count: Int) -> SuperResolutionPicture? {
        guard numbers.count == count, let first = numbers.first else { return nil }
        switch (name, count) {
        case ("image", 1): return .image(index: first)
        case ("paste", 1): return .pasted(index: first)
        case ("sample", 1) where draws.contains(first): return .sample(draw: first)
        case ("difference", 1) where draws.contains(first): return .difference(draw: first)
        case ("consistency", 1) where draws.contains(first): return .consistency(draw: first)
        case ("between", 3) where draws.contains(first) && draws.contains(numbers[1]) && percents.contains(numbers[2]):
            return .between(draw: first, and: numbers[1], percent: numbers[2])
        default: return nil
        }
    }

    private static func normalized(_ parts: [String], _ numbers: [Int]) -> SuperResolutionPicture? {
        guard let last = parts.last, let normalization = last == "none" ? .some(nil) : LatentNormalization(rawValue: last).map(Optional.some) else { return nil }
        switch (parts[0], parts.count, numbers.first) {
        case ("restored", 2, nil): return .restored(normalization)
        case ("transfer", 3, let index?): return .transfer(index: index, normalization)
        case ("blend", 3, let index?): return .blended(index: index, normalization)
        default: return nil
        }
    }

    /// For maps, the 8-bit levels that are drawn white, so that small errors are visible; nil for images.
    public var whiteLevels: Int? {
        switch self {
        case .difference: 64
        case .consistency: 16
        case .deviation: 32
        default: nil
        }
    }
}
