import Canonical
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A command of Slurm failed, or could not be run.
struct SlurmError: Error, Equatable, CustomStringConvertible {
    var command: String
    /// What the command said, or why it did not run.
    var problem: String
    var description: String { "\(command): \(problem)" }
}

/// Runs Slurm's commands with an environment of their own: variables such as SBATCH_PARTITION or SQUEUE_FORMAT of whoever started the server change nothing, and a job
/// gets exactly what is listed here.
struct SlurmCommands: Sendable {
    struct Answer: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// The last line of what it complained about, without its own name.
        var problem: String {
            let lines = errors.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            let line = lines.last ?? "exit status \(status)"
            return line.split(separator: ": ", maxSplits: 2).count == 3 && line.contains(": error: ") ? String(line.split(separator: ": ", maxSplits: 2)[2]) : line
        }
    }

    /// The folder of the commands; nil to search PATH.
    var folder: String?
    /// Seconds after which a command is killed.
    var limit = 60

    private static let path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

    /// What commands and jobs have in their environment.
    static var environment: [String: String] {
        let ours = ProcessInfo.processInfo.environment
        var environment = ["PATH": ours["PATH"] ?? path, "LC_ALL": "C.UTF-8"]
        for name in ["HOME", "USER", "LOGNAME", "SHELL", "LD_LIBRARY_PATH", "SLURM_CONF"] { environment[name] = ours[name] }
        return environment
    }

    private func place(of program: String) throws -> String {
        let path = Self.environment["PATH"] ?? Self.path
        let folders: [String] = if let folder { [folder] } else { path.split(separator: ":").map { String($0) } }
        let places: [String] = folders.map { "\($0)/\(program)" }
        guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw SlurmError(command: program, problem: "the command is not in \(folders.joined(separator: ":")); install Slurm's client commands on this machine")
        }
        return found
    }

    /// Runs a command to its end.
    /// - Errors: `SlurmError` if it is not installed, cannot be started, or was killed at the time limit. Whether it had an effect is then unknown
    func run(_ program: String, _ arguments: [String]) async throws -> Answer {
        let path = try place(of: program)
        let (output, errors) = (try NamelessFile(), try NamelessFile())
        let process = BoundProcess()
        try process.start { try spawn(path, arguments, environment: Self.environment, output: output.descriptor, errors: errors.descriptor) }
        let timer = Task { [limit] in
            try await Task.sleep(for: .seconds(limit))
            process.kill()
        }
        let exit = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: process.wait()) }
        }
        timer.cancel()
        guard case .code(let status) = exit else { throw SlurmError(command: program, problem: "the command \(exit); it may take \(limit) seconds") }
        return Answer(status: status, output: output.text, errors: errors.text)
    }

    /// Runs a command that has to succeed.
    /// - Returns: its output
    /// - Errors: `SlurmError`, also where the command fails
    func output(of program: String, _ arguments: [String]) async throws -> String {
        let answer = try await run(program, arguments)
        guard answer.status == 0 else { throw SlurmError(command: program, problem: answer.problem) }
        return answer.output
    }
}

/// A temporary file without a name, closed with its last reference.
private final class NamelessFile: Sendable {
    let descriptor: Int32

    /// - Errors: `FileError`
    init() throws {
        let path = NSTemporaryDirectory() + "fidelio-\(UUID().uuidString)"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path, code: errno) }
        _ = unsafe unlink(path)
    }

    deinit { close(descriptor) }

    /// Its content, of at most 256 MiB.
    var text: String {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), 1 << 28))
        var read = 0
        while read < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress! + read, $0.count - read, off_t(read)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            read += count
        }
        return String(decoding: bytes[..<read], as: UTF8.self)
    }
}
