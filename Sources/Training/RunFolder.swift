public import Canonical

/// The files of one run, or of one evaluation of a checkpoint: the interface between a worker and the server.
public struct RunFolder: Sendable {
    /// Path of the folder.
    public let path: String
    /// Describes the folder at a path; does not access it.
    public init(path: String) { self.path = path }

    /// The specification as canonical JSON.
    public var specification: String { "\(path)/specification.json" }
    /// What an evaluation measures; a run has none.
    public var evaluation: String { "\(path)/evaluation.json" }
    /// The worker's event log (`RunEvent`), one JSON object per line.
    public var events: String { "\(path)/events.ndjson" }
    /// The folder of sample grids.
    public var samples: String { "\(path)/samples" }
    /// The exit record, written last.
    public var exit: String { "\(path)/exit.json" }
    /// The lock that the worker of the run holds.
    public var lock: String { "\(path)/lock" }

    /// Path of the sample grid of a step, relative to the folder.
    public func sampleName(step: Int) -> String {
        let digits = String(step)
        return "samples/step-" + String(repeating: "0", count: Swift.max(0, 8 - digits.count)) + digits + ".png"
    }

    /// Creates the folder of a run before it is queued. - Errors: `FileError`
    public func create(specification json: JSONValue) throws(FileError) {
        try FileSystem.makeFolder(samples)
        try AtomicFile.write(Array(json.canonicalText.utf8), to: specification)
    }
}
