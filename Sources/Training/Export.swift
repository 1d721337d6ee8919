public import Canonical

/// A file that is made when it is asked for: samples of a checkpoint, a data set as arrays, an encoder, the state before the first step.
///
/// It is a function of what stands here and of the program's version: the same request gives the same bytes. `ExportMaker` makes it.
public enum Export: Sendable, Hashable {
    /// Generated examples with their latents, as `.npz`.
    case samples(checkpoint: Digest, SampleRange)
    /// The same as a picture: a grid with as many columns as rows or one less row, or the scatter of points.
    case picture(checkpoint: Digest, SampleRange)
    /// Features, and logits where there are any, of the generated examples, by the encoder of the run's evaluations.
    case features(checkpoint: Digest, SampleRange)
    /// A checkpoint as it is stored, read back whole.
    case checkpoint(Digest)
    /// The state of a run before its first step: a checkpoint of step 0.
    case initial(specification: JSONValue)
    /// All splits of a data set, as `.npz`.
    case arrays(dataset: String, digest: Digest)
    /// The canonical content of a data set, of which its digest is taken; drawn where the program makes it and has not yet.
    case content(dataset: String, digest: Digest)
    /// The weights of an encoder, an archive of this digest.
    case encoder(Digest)

    /// What a file's name ends with.
    public var suffix: String {
        switch self {
        case .picture: "png"
        case .content: "bin"
        default: "npz"
        }
    }

    public var json: JSONValue {
        func drawn(_ kind: String, _ checkpoint: Digest, _ range: SampleRange) -> JSONValue {
            [
                "kind": .string(kind), "checkpoint": .string(checkpoint.hex), "stream": .string(range.stream.rawValue),
                "start": .integer(Int64(range.start)), "count": .integer(Int64(range.count)),
            ]
        }
        return switch self {
        case .samples(let checkpoint, let range): drawn("samples", checkpoint, range)
        case .picture(let checkpoint, let range): drawn("picture", checkpoint, range)
        case .features(let checkpoint, let range): drawn("features", checkpoint, range)
        case .checkpoint(let digest): ["kind": "checkpoint", "digest": .string(digest.hex)]
        case .initial(let specification): ["kind": "initial", "specification": specification]
        case .arrays(let name, let digest): ["kind": "arrays", "dataset": .string(name), "digest": .string(digest.hex)]
        case .content(let name, let digest): ["kind": "content", "dataset": .string(name), "digest": .string(digest.hex)]
        case .encoder(let digest): ["kind": "encoder", "digest": .string(digest.hex)]
        }
    }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError`
    public init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json, path: "export")
        let kind = try fields.oneOf("kind", ["samples", "picture", "features", "checkpoint", "initial", "arrays", "content", "encoder"])
        switch kind {
        case "checkpoint": self = .checkpoint(try fields.digest("digest"))
        case "initial": self = .initial(specification: try fields.value("specification"))
        case "arrays": self = .arrays(dataset: try fields.string("dataset"), digest: try fields.digest("digest"))
        case "content": self = .content(dataset: try fields.string("dataset"), digest: try fields.digest("digest"))
        case "encoder": self = .encoder(try fields.digest("digest"))
        default:
            let checkpoint = try fields.digest("checkpoint"), range = try SampleRange(&fields)
            self = kind == "samples" ? .samples(checkpoint: checkpoint, range)
                : kind == "picture" ? .picture(checkpoint: checkpoint, range) : .features(checkpoint: checkpoint, range)
        }
        try fields.finish()
    }

    /// The name of the file among others: the digest of the request and of the program that makes it.
    public var key: Digest {
        JSONValue.object(["export": json, "program": .string(Version.program), "numerics": .integer(Int64(Version.numerics))]).digest
    }
}

/// Which examples a generator is asked for: so many latents of a stream, from one on.
public struct SampleRange: Sendable, Hashable {
    public enum Stream: String, Sendable, Hashable, CaseIterable {
        /// The latents of evaluations.
        case evaluation
        /// The latents of sample grids.
        case samples

        /// The random stream, of seed 0.
        var name: String { self == .evaluation ? Evaluator.latentStream : "samples/latents" }
    }

    public static let counts = 1...100_000
    public static let starts = 0...10_000_000
    /// Images of a picture.
    public static let mostOfPicture = 1024

    public let stream: Stream
    public let start: Int
    public let count: Int

    /// - Precondition: within `starts` and `counts`
    public init(stream: Stream = .evaluation, start: Int = 0, count: Int) {
        precondition(Self.starts.contains(start) && Self.counts.contains(count), "\(count) samples from \(start) on")
        (self.stream, self.start, self.count) = (stream, start, count)
    }

    init(_ fields: inout FieldReader) throws(FieldError) {
        let name = try fields.oneOf("stream", Stream.allCases.map(\.rawValue))
        self.init(
            stream: Stream(rawValue: name) ?? .evaluation, start: try fields.integer("start", in: Self.starts),
            count: try fields.integer("count", in: Self.counts))
    }
}

/// Why a file cannot be made.
public enum ExportError: Error, Equatable, CustomStringConvertible {
    case tooLarge(what: String, bytes: Int, most: Int)
    case tooManyForAPicture(count: Int)
    case noEncoder(Digest)
    case notACheckpoint(Digest)

    public var description: String {
        switch self {
        case .tooLarge(let what, let bytes, let most): "\(what) would take \(bytes) bytes, more than the \(most) of one file; ask for parts, or for the content as it is stored"
        case .tooManyForAPicture(let count): "\(count) images are more than the \(SampleRange.mostOfPicture) of one picture"
        case .noEncoder(let digest): "there is no encoder \(digest.hex) in this storage"
        case .notACheckpoint(let digest): "the archive \(digest.hex) is no checkpoint of a run"
        }
    }
}
