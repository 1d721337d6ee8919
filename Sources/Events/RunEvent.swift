public import Canonical

/// One line of a run's `events.ndjson`. Workers write these values and the server reads them; this is the only definition of the format.
///
/// Rules for readers:
/// - A line of unknown kind is `unknown`: skipped and counted, not an error, so that newer workers can write more kinds.
/// - Unknown fields are ignored.
/// - A line that is not a JSON object, or lacks a required field of its kind, is damaged: an `EventError`.
public struct RunEvent: Sendable, Equatable {
    /// Version of the format, written in the `log` line. A log without that line has version 1. Version 2 added the kinds `log`, `protocol`, and `extractor`.
    public static let version = 2

    /// Seconds since 1970 by the worker's clock, in whole milliseconds.
    public var time: Double
    /// What happened.
    public var kind: Kind

    /// Creates an event.
    public init(time: Double, kind: Kind) {
        self.time = time
        self.kind = kind
    }

    /// The kinds of events.
    public enum Kind: Sendable, Equatable {
        /// A worker starts writing: the format version of the lines that follow.
        case log(version: Int)
        /// The worker starts training.
        case started(Start)
        /// Current phase before, during, or after training, and its progress in [0, 1] if known.
        case phase(String, fraction: Double?)
        /// Training progress; rate in steps per second, remaining time in seconds.
        case progress(step: Int, steps: Int? = nil, rate: Double?, remaining: Double?)
        /// Training metrics of a step, sorted by name; NaN if the worker wrote null.
        case metrics(step: Int, values: [Value])
        /// A sample grid was written.
        case samples(Samples)
        /// The contents of an evaluation protocol, written before the first value measured under it.
        case protocolContent(ProtocolContent)
        /// A feature extractor, written before the first value measured with it.
        case extractor(Extractor)
        /// One value of an evaluation.
        case evaluation(Evaluation)
        /// A checkpoint was stored.
        case checkpoint(Checkpoint)
        /// The worker's execution of the run ended.
        case finished(RunEnd)
        /// A kind that this version does not know, by name.
        case unknown(String)
    }

    /// The value of one training metric.
    public struct Value: Sendable, Equatable {
        /// Name of the metric.
        public var name: String
        /// The value; NaN if it is not finite.
        public var value: Double

        /// Creates a value.
        public init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// A worker's start of training.
    public struct Start: Sendable, Equatable {
        /// The step from which training continues; 0 for the run's first worker.
        public var step: Int
        /// Number of threads.
        public var threads: Int?
        /// Name of the kernel set.
        public var kernels: String?
        /// Name of the host.
        public var host: String?
        /// Process id of the worker.
        public var process: Int?
        /// Version of the program.
        public var program: String?
        /// Whether training resumes from a checkpoint.
        public var resumed: Bool
        /// With what the worker computes: build, numerics, processor, libraries, data; an object. Nil if an earlier program wrote the line.
        public var provenance: JSONValue?

        /// Creates a start.
        public init(
            step: Int, threads: Int? = nil, kernels: String? = nil, host: String? = nil, process: Int? = nil, program: String? = nil, resumed: Bool = false,
            provenance: JSONValue? = nil
        ) {
            self.step = step
            self.threads = threads
            self.kernels = kernels
            self.host = host
            self.process = process
            self.program = program
            self.resumed = resumed
            self.provenance = provenance
        }
    }

    /// A sample grid, generated from the run's fixed latents.
    public struct Samples: Sendable, Equatable {
        /// The step after which it was generated.
        public var step: Int
        /// Path of the PNG relative to the run's folder, inside of it.
        public var file: String
        /// SHA-256 of the raw pixels, not of the PNG.
        public var digest: String
        /// Number of rows.
        public var rows: Int
        /// Number of columns.
        public var columns: Int
        /// Width of one sample in pixels.
        public var width: Int
        /// Height of one sample in pixels.
        public var height: Int
        /// Number of channels.
        public var channels: Int

        /// Creates a grid.
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

    /// An evaluation protocol, with its digest.
    public struct ProtocolContent: Sendable, Equatable {
        /// SHA-256 of the canonical text of `content`.
        public var digest: String
        /// The protocol as canonical JSON.
        public var content: JSONValue

        /// Creates an event from a protocol.
        public init(content: JSONValue) {
            digest = content.digest.hex
            self.content = content
        }
    }

    /// A feature extractor and the provenance of its weights.
    public struct Extractor: Sendable, Equatable {
        /// Digest of the archive of its weights.
        public var digest: String
        /// Name of the extractor.
        public var name: String
        /// Everything that determines its weights.
        public var provenance: JSONValue

        /// Creates an extractor.
        public init(digest: String, name: String, provenance: JSONValue) {
            self.digest = digest
            self.name = name
            self.provenance = provenance
        }
    }

    /// One value of one metric, with the protocol under which it was measured.
    public struct Evaluation: Sendable, Equatable {
        /// The evaluated step.
        public var step: Int
        /// Name of the value, such as "kid_deviation".
        public var metric: String
        /// Nil if the metric could not be computed.
        public var value: Double?
        /// Digest of the evaluation protocol.
        public var protocolDigest: String
        /// Name of the feature extractor.
        public var encoder: String
        /// Digest of the feature extractor.
        public var encoderDigest: String
        /// Number of generated samples that were used.
        public var samples: Int
        /// Split of the data set that provides the reference images.
        public var referenceSplit: String
        /// Why there is no value, in one sentence.
        public var problem: String?

        /// Creates an evaluation.
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

    /// An archive that is complete and synchronized to disk.
    public struct Checkpoint: Sendable, Equatable {
        /// The step after which it was written.
        public var step: Int
        /// Digest of the archive's canonical uncompressed bytes: 64 hex digits, also its name in the store.
        public var digest: String
        /// Size of the archive in bytes.
        public var bytes: Int64
        /// Whether it is the run's last checkpoint.
        public var final: Bool
        /// The best value of each metric up to this step.
        public var best: [String: Best]
        /// SHA-256 over the names and digests of the networks' tensors, without optimizer state and counters, whatever the specification; nil if an earlier program wrote the line.
        public var weights: String?

        /// Creates a checkpoint.
        public init(step: Int, digest: String, bytes: Int64, final: Bool, best: [String: Best] = [:], weights: String? = nil) {
            self.step = step
            self.digest = digest
            self.bytes = bytes
            self.final = final
            self.best = best
            self.weights = weights
        }
    }

    /// The best value of a metric, and the step at which it was measured.
    public struct Best: Sendable, Equatable {
        /// The step.
        public var step: Int
        /// The value.
        public var value: Double

        /// Creates a best value.
        public init(step: Int, value: Double) {
            self.step = step
            self.value = value
        }

        /// The value as JSON, with `step` and `value`.
        public var json: JSONValue { .object(["step": .integer(Int64(step)), "value": .number(value)]) }

        /// Reads what `json` writes; nil for anything else.
        public init?(reading json: JSONValue) {
            guard let step = json["step"]?.integerValue.flatMap({ Int(exactly: $0) }), let value = json["value"]?.numberValue else { return nil }
            self.init(step: step, value: value)
        }
    }
}

/// Why a line of `events.ndjson`, or `exit.json`, cannot be read.
public struct EventError: Error, Equatable, CustomStringConvertible {
    /// The reason in one sentence.
    public var problem: String
    /// The reason in one sentence.
    public var description: String { problem }

    /// Creates an error.
    public init(problem: String) {
        self.problem = problem
    }
}
