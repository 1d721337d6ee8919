import Foundation

/// The files of one run: the language between the server and its worker.
public struct RunFolder: Sendable, Equatable {
    public let path: String

    public init(path: String) {
        self.path = path
    }

    public var specification: String { path + "/specification.json" }
    public var events: String { path + "/events.ndjson" }
    public var log: String { path + "/log.txt" }
    public var exitReport: String { path + "/exit.json" }
    /// Held by the worker for as long as it lives.
    public var lock: String { path + "/lock" }

    /// Makes the folder with its specification, and takes away the report of an earlier end.
    func prepare(specification text: String) throws {
        try FileManager.default.createDirectory(
            atPath: path + "/samples", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if FileManager.default.contents(atPath: specification) != Data(text.utf8) {
            try Data(text.utf8).write(to: URL(fileURLWithPath: specification), options: .atomic)
        }
        try? FileManager.default.removeItem(atPath: exitReport)
    }
}
