import Canonical
import Storage
import Training

/// The attempts of one array: its script, and a list by which a job is assigned to its attempt. Both are written before they are submitted.
struct SlurmBatch: Sendable, Equatable {
    struct Element: Sendable, Equatable {
        var attempt: AttemptName
        var folder: String
    }

    /// The name of its first attempt, which is in no other batch.
    var name: String
    var elements: [Element]

    init(_ attempts: [Attempt]) {
        precondition(!attempts.isEmpty, "an array has an element")
        name = attempts[0].name.description
        elements = attempts.map { Element(attempt: $0.name, folder: $0.job.folder.path) }
    }

    static func list(_ name: String, in storage: StorageFolder) -> String { "\(storage.slurm)/\(name).json" }
    static func script(_ name: String, in storage: StorageFolder) -> String { "\(storage.slurm)/\(name).sh" }
    /// What Slurm itself writes about the jobs.
    static func log(_ name: String, in storage: StorageFolder) -> String { "\(storage.slurm)/\(name).log" }

    /// What every job of a storage folder has in its comment, before the name of the batch: other servers of the same user have other folders.
    static func mark(of storage: StorageFolder) -> String { "fidelio:" + String(Digest.sha256(storage.root).hex.prefix(12)) + ":" }

    /// - Errors: `FileError`
    func write(_ attempts: [Attempt], program: String, in storage: StorageFolder) throws {
        let list: JSONValue = .array(
            elements.map { .object(["job": .string($0.attempt.job), "attempt": .integer(Int64($0.attempt.number)), "folder": .string($0.folder)]) })
        try FileSystem.makeFolder(storage.slurm, mode: 0o700)
        try AtomicFile.write(list.canonicalBytes, to: Self.list(name, in: storage), mode: 0o600)
        try AtomicFile.write(Array(Self.script(attempts, program: program).utf8), to: Self.script(name, in: storage), mode: 0o700)
    }

    /// Reads a batch; nil if there is none of this name.
    init?(named name: String, in storage: StorageFolder) {
        guard let bytes = try? FileSystem.read(Self.list(name, in: storage), limit: 1 << 24), let list = try? JSONValue(parsing: bytes).arrayValue else { return nil }
        self.name = name
        elements = list.compactMap { entry in
            guard let job = entry["job"]?.stringValue, let number = entry["attempt"]?.integerValue.flatMap({ Int(exactly: $0) }), let folder = entry["folder"]?.stringValue
            else { return nil }
            return Element(attempt: AttemptName(job: job, number: number), folder: folder)
        }
        guard elements.count == list.count else { return nil }
    }

    /// The shell becomes the worker, so that Slurm's signals reach it and its exit status is that of the job.
    private static func script(_ attempts: [Attempt], program: String) -> String {
        let cases = attempts.enumerated().map { index, attempt in
            let words = [program] + attempt.job.arguments(attempt: attempt.name.number, isLocked: false)
            return "\(index)) exec \(words.map(quoted).joined(separator: " ")) >>\(quoted(attempt.job.folder.log)) 2>&1 ;;"
        }
        return """
            #!/bin/sh
            # Written by Fidelio: the attempts of one array, an element each.
            umask 077
            case "$SLURM_ARRAY_TASK_ID" in
            \(cases.joined(separator: "\n"))
            esac
            echo "the array has no element '$SLURM_ARRAY_TASK_ID'" >&2
            exit 1

            """
    }

    private static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }
}
