public import Canonical

/// A file that is generated on request: samples of a checkpoint, a data set as arrays, a feature extractor, or the state before the first step.
///
/// A function of the request and the program version: equal requests give equal bytes. `ExportMaker` generates it.
public enum Export: Sendable, Hashable {
    /// Generated examples and their latents, as `.npz`.
    case samples(checkpoint: Digest, SampleRange)
    /// The same as an image: a grid with as many columns as rows or one more, or a scatter plot of points.
    case picture(checkpoint: Digest, SampleRange)
    /// The sample grid that training draws at this checkpoint's step: the same pixels.
    case grid(checkpoint: Digest)
    /// The same as PNG files, one per sample, in a zip archive.
    case pictures(checkpoint: Digest, SampleRange)
    /// Images of latents between, around, or along a dimension of samples, as one image grid.
    case latents(checkpoint: Digest, LatentRequest)
    /// The training images nearest to generated ones, as JSON with distances and the picture.
    case neighbors(checkpoint: Digest, NeighborRequest)
    /// The picture of these.
    case neighborPicture(checkpoint: Digest, NeighborRequest)
    /// Features, and logits if available, of the generated examples, computed by the extractor of the run's evaluations.
    case features(checkpoint: Digest, SampleRange)
    /// A checkpoint as it is stored, verified.
    case checkpoint(Digest)
    /// The state of a run before its first step, as a checkpoint of step 0.
    case initial(specification: JSONValue)
    /// All splits of a data set, as `.npz`.
    case arrays(dataset: String, digest: Digest)
    /// Examples of a data set as an image grid, or as a scatter plot of points.
    case examples(dataset: String, digest: Digest, split: String, start: Int, count: Int)
    /// The canonical content of a data set, the preimage of its digest; generated if necessary.
    case content(dataset: String, digest: Digest)
    /// The weights of a feature extractor: the archive with this digest.
    case encoder(Digest)
    /// Pictures of one image under a checkpoint of a super-resolution model, as JSON with PNG files and numbers.
    case superResolution(checkpoint: Digest, SuperResolutionRequest)
    /// The first of these pictures as a PNG file.
    case superResolutionPicture(checkpoint: Digest, SuperResolutionRequest)

    /// The file name extension.
    public var suffix: String {
        switch self {
        case .picture, .grid, .latents, .neighborPicture, .examples, .superResolutionPicture: "png"
        case .pictures: "zip"
        case .superResolution, .neighbors: "json"
        case .content: "bin"
        default: "npz"
        }
    }

    /// The request as canonical JSON.
    public var json: JSONValue {
        func drawn(_ kind: String, _ checkpoint: Digest, _ range: SampleRange) -> JSONValue {
            [
                "kind": .string(kind), "checkpoint": .string(checkpoint.hex), "stream": .string(range.stream.rawValue),
                "start": .integer(Int64(range.start)), "count": .integer(Int64(range.count)),
            ]
        }
        func shown(_ kind: String, _ checkpoint: Digest, _ members: [String: JSONValue]) -> JSONValue {
            .object(members.merging(["kind": .string(kind), "checkpoint": .string(checkpoint.hex)]) { $1 })
        }
        return switch self {
        case .samples(let checkpoint, let range): drawn("samples", checkpoint, range)
        case .picture(let checkpoint, let range): drawn("picture", checkpoint, range)
        case .grid(let checkpoint): ["kind": "grid", "checkpoint": .string(checkpoint.hex)]
        case .pictures(let checkpoint, let range): drawn("pictures", checkpoint, range)
        case .latents(let checkpoint, let request): shown("latents", checkpoint, request.members)
        case .neighbors(let checkpoint, let request): shown("neighbors", checkpoint, request.members)
        case .neighborPicture(let checkpoint, let request): shown("neighbor-picture", checkpoint, request.members)
        case .examples(let name, let digest, let split, let start, let count):
            [
                "kind": "examples", "dataset": .string(name), "digest": .string(digest.hex), "split": .string(split), "start": .integer(Int64(start)),
                "count": .integer(Int64(count)),
            ]
        case .features(let checkpoint, let range): drawn("features", checkpoint, range)
        case .checkpoint(let digest): ["kind": "checkpoint", "digest": .string(digest.hex)]
        case .initial(let specification): ["kind": "initial", "specification": specification]
        case .arrays(let name, let digest): ["kind": "arrays", "dataset": .string(name), "digest": .string(digest.hex)]
        case .content(let name, let digest): ["kind": "content", "dataset": .string(name), "digest": .string(digest.hex)]
        case .encoder(let digest): ["kind": "encoder", "digest": .string(digest.hex)]
        case .superResolution(let checkpoint, let request): shown("super-resolution", checkpoint, request.members)
        case .superResolutionPicture(let checkpoint, let request): shown("super-resolution-picture", checkpoint, request.members)
        }
    }

    /// Reads what `json` writes.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json, path: "export")
        let kind = try fields.oneOf("kind", Self.kinds)
        switch kind {
        case "latents": self = .latents(checkpoint: try fields.digest("checkpoint"), try LatentRequest(&fields))
        case "neighbors": self = .neighbors(checkpoint: try fields.digest("checkpoint"), try NeighborRequest(&fields))
        case "neighbor-picture": self = .neighborPicture(checkpoint: try fields.digest("checkpoint"), try NeighborRequest(&fields))
        case "examples":
            self = .examples(
                dataset: try fields.string("dataset"), digest: try fields.digest("digest"), split: try fields.string("split"),
                start: try fields.integer("start", in: SampleRange.starts), count: try fields.integer("count", in: 1...SampleRange.mostOfPicture))
        case "grid": self = .grid(checkpoint: try fields.digest("checkpoint"))
        case "checkpoint": self = .checkpoint(try fields.digest("digest"))
        case "initial": self = .initial(specification: try fields.value("specification"))
        case "arrays": self = .arrays(dataset: try fields.string("dataset"), digest: try fields.digest("digest"))
        case "content": self = .content(dataset: try fields.string("dataset"), digest: try fields.digest("digest"))
        case "encoder": self = .encoder(try fields.digest("digest"))
        case "super-resolution": self = .superResolution(checkpoint: try fields.digest("checkpoint"), try SuperResolutionRequest(&fields))
        case "super-resolution-picture": self = .superResolutionPicture(checkpoint: try fields.digest("checkpoint"), try SuperResolutionRequest(&fields))
        default:
            let checkpoint = try fields.digest("checkpoint"), range = try SampleRange(&fields)
            switch kind {
            case "samples": self = .samples(checkpoint: checkpoint, range)
            case "picture": self = .picture(checkpoint: checkpoint, range)
            case "pictures": self = .pictures(checkpoint: checkpoint, range)
            default: self = .features(checkpoint: checkpoint, range)
            }
        }
        try fields.finish()
    }

    private static let kinds = [
        "samples", "picture", "pictures", "grid", "latents", "neighbors", "neighbor-picture", "features", "checkpoint", "initial", "arrays", "examples", "content", "encoder", "super-resolution",
        "super-resolution-picture",
    ]

    /// The name of the generated file: the digest of the request and the program version.
    public var key: Digest {
        JSONValue.object(["export": json, "program": .string(Version.program), "numerics": .integer(Int64(Version.numerics))]).digest
    }
}

/// A range of a latent stream.
public struct SampleRange: Sendable, Hashable {
    /// The latent streams that can be requested.
    public enum Stream: String, Sendable, Hashable, CaseIterable {
        /// The latents of evaluations.
        case evaluation
        /// The latents of sample grids.
        case samples

        /// The name of the random stream, whose seed is 0.
        var name: String { self == .evaluation ? Evaluator.latentStream : "samples/latents" }
    }

    /// Allowed numbers of samples.
    public static let counts = 1...100_000
    /// Allowed start indices.
    public static let starts = 0...10_000_000
    /// Maximum number of images in a picture.
    public static let mostOfPicture = 1024
    /// Maximum number of pictures in an archive.
    public static let mostOfPictures = 10_000

    /// The stream.
    public let stream: Stream
    /// Index of the first latent vector.
    public let start: Int
    /// Number of latent vectors.
    public let count: Int

    /// Creates a range.
    /// - Precondition: start and count are in `starts` and `counts`.
    public init(stream: Stream = .evaluation, start: Int = 0, count: Int) {
        precondition(Self.starts.contains(start) && Self.counts.contains(count), "\(count) samples from index \(start), allowed: counts \(Self.counts), starts \(Self.starts)")
        (self.stream, self.start, self.count) = (stream, start, count)
    }

    init(_ fields: inout FieldReader) throws(FieldError) {
        let name = try fields.oneOf("stream", Stream.allCases.map(\.rawValue))
        self.init(
            stream: Stream(rawValue: name) ?? .evaluation, start: try fields.integer("start", in: Self.starts),
            count: try fields.integer("count", in: Self.counts))
    }
}

/// Why a file cannot be generated.
public enum ExportError: Error, Equatable, CustomStringConvertible {
    /// The file exceeds the size limit in bytes.
    case tooLarge(what: String, bytes: Int, most: Int)
    /// The picture would have too many images.
    case tooManyForAPicture(count: Int)
    /// The archive would have too many pictures.
    case tooManyForPictures(count: Int)
    /// Points are no pictures.
    case noPictures(dataset: String)
    /// The images of a model are not functions of latents alone, or are points.
    case noLatentPath(model: String, dataset: String)
    /// The latents have no such dimension.
    case noSuchDimension(Int, of: Int)
    /// No stored extractor has this digest.
    case noEncoder(Digest)
    /// The archive is not a checkpoint.
    case notACheckpoint(Digest)
    /// The model does not generate images for low-resolution images.
    case notSuperResolution(model: String)
    /// The reference split has no image of this index.
    case noSuchImage(index: Int, split: String, count: Int)
    /// The temperature of a model's samples cannot be chosen.
    case noTemperature(model: String)
    /// A picture needs the truth, which an uploaded picture does not have.
    case noTruth(picture: String)
    /// The storage has no such uploaded picture, or a damaged one.
    case noUpload(Digest)
    /// An uploaded picture has other channels than the data set.
    case otherChannels(picture: Int, dataset: Int)
    /// The model does not map images to latents.
    case noLatents(model: String)

    /// The error in one sentence.
    public var description: String {
        switch self {
        case .tooLarge(let what, let bytes, let most): "\(what) would take \(bytes) bytes, the limit is \(most) per file; request a smaller range, or the stored content"
        case .tooManyForAPicture(let count): "a picture of \(count) images, the limit is \(SampleRange.mostOfPicture)"
        case .tooManyForPictures(let count): "an archive of \(count) pictures, the limit is \(SampleRange.mostOfPictures); request a smaller range, or samples.npz"
        case .noPictures(let dataset): "the data set \(dataset) has points, not images; request samples.npz or samples.png"
        case .noLatentPath(let model, let dataset): "the samples of the model \(model) on \(dataset) are not images of latents alone; its samples are those of samples.png"
        case .noSuchDimension(let dimension, let count): "there is no dimension \(dimension): the latents have the dimensions 0 ... \(count - 1)"
        case .noEncoder(let digest): "this storage has no feature extractor \(digest.hex)"
        case .notACheckpoint(let digest): "the archive \(digest.hex) is not a checkpoint"
        case .notSuperResolution(let model): "the model \(model) does not generate images for low-resolution images; its samples are those of /samples.png"
        case .noSuchImage(let index, let split, let count): "there is no image \(index): the split \(split) has the images 0 ... \(count - 1)"
        case .noTemperature(let model): "the temperature of the model \(model) cannot be chosen, only that of a flow; leave temperature out"
        case .noTruth(let picture): "the picture \(picture) needs the true image, which an uploaded low resolution does not have"
        case .noUpload(let digest): "there is no uploaded picture \(digest.hex); upload it again"
        case .otherChannels(let picture, let dataset): "the uploaded picture has \(picture) channels, the images of the run \(dataset)"
        case .noLatents(let model): "the model \(model) has no latents of given images, only a flow has; its pictures are low, truth, bicubic, deviation, sample, difference, and consistency"
        }
    }
}
