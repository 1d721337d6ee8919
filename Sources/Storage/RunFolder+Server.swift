import Canonical
public import Training

/// What the server adds to a run's folder.
extension RunFolder {
    /// Standard output and error of the run's workers, appended.
    public var log: String { "\(path)/log.txt" }

    /// The same for an evaluation, with what it measures.
    package func prepare(evaluation text: String) throws {
        try FileSystem.makeFolder(path, mode: 0o700)
        let bytes = Array(text.utf8)
        if (try? FileSystem.read(evaluation)) != bytes { try AtomicFile.write(bytes, to: evaluation, mode: 0o600) }
        try FileSystem.removeForGood(exit)
    }

    /// Creates the folder with its specification if it does not exist, and removes the report of an earlier end.
    package func prepare(specification text: String) throws {
        try FileSystem.makeFolder(samples, mode: 0o700)
        let bytes = Array(text.utf8)
        if (try? FileSystem.read(specification)) != bytes { try AtomicFile.write(bytes, to: specification, mode: 0o600) }
        // The report of an earlier end must not reappear after a power loss.
        try FileSystem.removeForGood(exit)
    }
}
