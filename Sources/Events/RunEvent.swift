public import Canonical

/// One line of a run's `events.ndjson`: what its worker says. Workers write these values, the server reads them; there is no other description of
/// the language.
///
/// Rules for readers:
/// - A line of a kind that the reader does not know is `unknown`: skipped and counted, never an error, so that a newer worker may say more.
/// - A field that the reader does not know is left out.
/// - A line that is no JSON object, or lacks what its kind must have, is an `EventError`: damaged.
public struct RunEvent: Sendable, Equatable {
    /// Of the language, told by the line `log`. A log without that line is of version 1. 2: the kinds `log`, `protocol` and `extractor`.
    public static let version = 2

    /// Seconds since 1970, whole milliseconds, by the worker's clock.
    public var time: Double
    public var kind: Kind

    public init(time: Double, kind: Kind) {
        self.time = time
        self.kind = kind
    }

    public enum Kind: Sendable, Equatable {
        /// A worker begins to write: the version of the lines that follow.
        case log(version: Int)
        /// The worker is about to train.
        case started(Start)
        /// What the worker does before, beside or after training, and how far it is (0 to 1, where that is known).
        case phase(String, fraction: Double?)
        /// - rate: steps a second; remaining: seconds.
        case progress(step: Int, steps: Int? = nil, rate: Double?, remaining: Double?)
        /// Values by name, in the order of the names; NaN where the worker wrote null.
        case metrics(step: Int, values: [Value])
        case samples(Samples)
        /// What the digest beside a number means. Written before the first value that is measured so.
        case protocolContent(ProtocolContent)
        case extractor(Extractor)
        case evaluation(Evaluation)
        case checkpoint(Checkpoint)
        case finished(RunEnd)
        /// A kind that this program does not know, by its name.
        case unknown(String)
    }

    /// The value of one training metric.
    public struct Value: Sendable, Equatable {
        public var name: String
        public var value: Double

        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    public struct Start: Sendable, Equatable {
        /// The step that training goes on from; 0 for a run's first worker.
        public var step: Int
        public var threads: Int?
        public var kernels: String?
        public var host: String?
        public var process: Int?
        public var program: String?
        public var resumed: Bool

        public init(
            step: Int, threads: Int? = nil, kernels: String? = nil, host: String? = nil, process: Int? = nil, program: String? = nil, resumed: Bool = false
        ) {
            self.step = step
            self.threads = threads
            self.kernels = kernels
            self.host = host
            self.process = process
            self.program = program
            self.resumed = resumed
        }
    }

    /// A grid of samples from the run's fixed latents.
    public struct Samples: Sendable, Equatable {
        public var step: Int
        /// Relative to the run's folder, and inside of it.
        public var file: String
        /// Of the raw pixels, not of the PNG.
        public var digest: String
        public var rows: Int
        public var columns: Int
        /// Pixels of one sample.
        public var width: Int
        public var height: Int
        public var channels: Int

        public init(step: Int, file: String, digest: String, rows: Int, columns: Int, width: Int, height: Int, channels: Int) {
            self.step = step
            self.file = file
            self.digest = digest
            self.rows = rows
            self.columns = columns
            self.width = width
            self.height = height
            self.channels = channels
        }
    }

    /// An evaluation protocol: what its digest is the digest of.
    public struct ProtocolContent: Sendable, Equatable {
        /// Of `content`'s canonical text.
        public var digest: String
        public var content: JSONValue

        public init(content: JSONValue) {
            digest = content.digest.hex
            self.content = content
        }
    }

    /// A feature extractor: where its weights come from.
    public struct Extractor: Sendable, Equatable {
        /// Of its weights' archive.
        public var digest: String
        public var name: String
        /// All that decides its weights.
        public var provenance: JSONValue

        public init(digest: String, name: String, provenance: JSONValue) {
            self.digest = digest
            self.name = name
            self.provenance = provenance
        }
    }

    /// One value of one metric, with what says what the number means.
    public struct Evaluation: Sendable, Equatable {
        public var step: Int
        public var metric: String
        /// Nil where the metric could not be computed.
        public var value: Double?
        public var protocolDigest: String
        public var encoder: String
        public var encoderDigest: String
        /// Generated samples that were looked at.
        public var samples: Int
        public var referenceSplit: String
        /// Why there is no value, in one sentence.
        public var problem: String?

        public init(
            step: Int, metric: String, value: Double?, protocolDigest: String, encoder: String, encoderDigest: String, samples: Int, referenceSplit: String,
            problem: String? = nil
        ) {
            self.step = step
            self.metric = metric
            self.value = value
            self.protocolDigest = protocolDigest
            self.encoder = encoder
            self.encoderDigest = encoderDigest
            self.samples = samples
            self.referenceSplit = referenceSplit
            self.problem = problem
        }
    }

    /// An archive that is complete and on the disk.
    public struct Checkpoint: Sendable, Equatable {
        public var step: Int
        /// Of the archive's canonical uncompressed bytes: 64 hex digits, also its name in the store.
        public var digest: String
        public var bytes: Int64
        /// Whether it is the run's last one.
        public var final: Bool
        /// The best value of each metric so far.
        public var best: [String: Best]

        public init(step: Int, digest: String, bytes: Int64, final: Bool, best: [String: Best] = [:]) {
            self.step = step
            self.digest = digest
            self.bytes = bytes
            self.final = final
            self.best = best
        }
    }

    /// A metric's best value, and the step at which it was measured.
    public struct Best: Sendable, Equatable {
        public var step: Int
        public var value: Double

        public init(step: Int, value: Double) {
            self.step = step
            self.value = value
        }

        public var json: JSONValue { .object(["step": .integer(Int64(step)), "value": .number(value)]) }

        /// Nil for what `json` does not write.
        public init?(reading json: JSONValue) {
            guard let step = json["step"]?.integerValue.flatMap({ Int(exactly: $0) }), let value = json["value"]?.numberValue else { return nil }
            self.init(step: step, value: value)
        }
    }
}

/// Why a line of `events.ndjson`, or `exit.json`, cannot be read.
public struct EventError: Error, Equatable, CustomStringConvertible {
    public var problem: String
    public var description: String { problem }

    public init(problem: String) {
        self.problem = problem
    }
}
