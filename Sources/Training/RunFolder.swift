public import Canonical

/// The files of one run: the language between a worker and the server.
public struct RunFolder: Sendable {
    public let path: String
    public init(path: String) { self.path = path }

    public var specification: String { "\(path)/specification.json" }
    public var events: String { "\(path)/events.ndjson" }
    public var samples: String { "\(path)/samples" }
    public var exit: String { "\(path)/exit.json" }
    public var lock: String { "\(path)/lock" }

    /// The grid of a step, relative to the folder.
    public func sampleName(step: Int) -> String {
        let digits = String(step)
        return "samples/step-" + String(repeating: "0", count: Swift.max(0, 8 - digits.count)) + digits + ".png"
    }

    /// Makes the folder for a run that is about to be queued. - Errors: `FileError`
    public func create(specification json: JSONValue) throws(FileError) {
        try FileSystem.makeFolder(samples)
        try AtomicFile.write(Array(json.canonicalText.utf8), to: specification)
    }
}
