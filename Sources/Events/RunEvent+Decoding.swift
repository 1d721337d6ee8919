public import Canonical

/// The decoder of events.
extension RunEvent {
    /// Parses one line, without its line feed.
    /// - Errors: `EventError`
    public init(line: [UInt8]) throws(EventError) { try self.init(EventFields(line: line)) }

    /// Reads an event from a JSON object.
    /// - Errors: `EventError`
    public init(_ value: JSONValue) throws(EventError) { try self.init(EventFields(value)) }

    private init(_ fields: EventFields) throws(EventError) {
        self.init(time: try fields.number("time"), kind: try Kind(fields))
    }
}

extension RunEvent.Kind {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        switch try fields.text("type") {
        case "log": self = .log(version: try fields.integer("version"))
        case "started": self = .started(try RunEvent.Start(fields))
        case "phase": self = .phase(try fields.text("phase"), fraction: try fields.optionalNumber("fraction"))
        case "progress":
            self = .progress(
                step: try fields.step(), steps: try fields.optionalInteger("steps"), rate: try fields.optionalNumber("rate"),
                remaining: try fields.optionalNumber("remaining"))
        case "metrics": self = .metrics(step: try fields.step(), values: try fields.values())
        case "samples": self = .samples(try RunEvent.Samples(fields))
        case "protocol": self = .protocolContent(try RunEvent.ProtocolContent(fields))
        case "extractor": self = .extractor(try RunEvent.Extractor(fields))
        case "evaluation": self = .evaluation(try RunEvent.Evaluation(fields))
        case "checkpoint": self = .checkpoint(try RunEvent.Checkpoint(fields))
        case "finished": self = .finished(try RunEnd(fields))
        case let other: self = .unknown(other)
        }
    }
}

extension RunEvent.Start {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        self.init(
            step: try fields.step(), threads: try fields.optionalInteger("threads"), kernels: try fields.optionalText("kernels"), host: try fields.optionalText("host"),
            process: try fields.optionalInteger("pid"), program: try fields.optionalText("program"), resumed: try fields.bool("resumed") ?? false,
            provenance: try fields.object("provenance").map { .object($0) })
    }
}

extension RunEvent.Samples {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        let file = try fields.text("file")
        // The file is served from the run's folder, so the path must not leave it.
        guard !file.hasPrefix("/"), !file.split(separator: "/", omittingEmptySubsequences: false).contains("..") else {
            throw EventError(problem: "a sample grid lies outside of its run's folder: \(file)")
        }
        self.init(
            step: try fields.step(), file: file, digest: try fields.text("digest"), rows: try fields.integer("rows"),
            columns: try fields.integer("columns"), width: try fields.integer("width"), height: try fields.integer("height"),
            channels: try fields.integer("channels"))
    }
}

extension RunEvent.ProtocolContent {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        self.init(content: .object(try fields.requiredObject("protocol")))
        let told = try fields.digest("digest", of: "a protocol")
        guard told == digest else { throw EventError(problem: "a protocol's digest is \(told), but its content has digest \(digest)") }
    }
}

extension RunEvent.Extractor {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        self.init(
            digest: try fields.digest("digest", of: "a feature extractor"), name: try fields.text("name"),
            provenance: .object(try fields.requiredObject("provenance")))
    }
}

extension RunEvent.Evaluation {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        self.init(
            step: try fields.step(), metric: try fields.text("metric"), value: try fields.optionalNumber("value"),
            protocolDigest: try fields.text("protocol"), encoder: try fields.text("encoder"),
            encoderDigest: try fields.text("encoder_digest"), samples: try fields.integer("samples"),
            referenceSplit: try fields.text("reference_split"), problem: try fields.optionalText("problem"))
    }
}

extension RunEvent.Checkpoint {
    fileprivate init(_ fields: EventFields) throws(EventError) {
        self.init(
            step: try fields.step(), digest: try fields.digest("digest", of: "a checkpoint"), bytes: Int64(try fields.integer("bytes")),
            final: try fields.bool("final") ?? false,
            best: try RunEvent.Checkpoint.best(fields.object("metrics") ?? [:]), weights: try fields.optionalText("weights"))
    }

    private static func best(_ metrics: [String: JSONValue]) throws(EventError) -> [String: RunEvent.Best] {
        var read: [String: RunEvent.Best] = [:]
        // A value that was not finite is null, as that of an evaluation.
        for (name, json) in metrics where json["value"] != .null {
            guard let best = RunEvent.Best(reading: json) else { throw EventError(problem: "the best value of '\(name)' of a checkpoint has no step or value") }
            read[name] = best
        }
        return read
    }
}
