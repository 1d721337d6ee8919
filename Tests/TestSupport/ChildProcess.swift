import CEpoll
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program that runs during a test: in its own process group, with no inherited descriptors except the given ones, reaped
/// by its own thread, and with a limit on every wait. When released, it is killed with its group.
///
/// Foundation's `Process` learns of exits through a descriptor that the child inherits, and waits for all children on one thread; a program
/// under test that closes inherited descriptors blocks that thread, and with it everyone who waits for any child.
public final class ChildProcess: Sendable {
    /// Standard input of the program.
    public enum Source: Sendable {
        case nothing
        case file(String)
        case descriptor(Int32)
    }

    /// Destination of the program's output; files are created or truncated.
    public enum Sink: Sendable {
        case nothing
        case file(String)
        case descriptor(Int32)
        /// Same destination as standard output (for standard error only).
        case output
    }

    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    /// How it ended: the exit code, or the negative number of the signal.
    private let ending: Ending
    private let name: String

    public var id: Int32 { ending.id }

    /// - Errors: `Problem` if the program cannot be started
    public init(
        _ program: String, _ arguments: [String] = [], input: Source = .nothing, output: Sink = .nothing, errors: Sink = .nothing
    ) throws {
        name = ([program] + arguments).joined(separator: " ")
        let id = try Self.spawn([program] + arguments, input: input, output: output, errors: errors)
        let ending = Ending(id)
        self.ending = ending
        Thread.detachNewThread { ending.collect() }
    }

    deinit { ending.send(SIGKILL, toGroup: true) }

    /// Nil while it runs.
    public var status: Int32? { ending.status }

    public var isRunning: Bool { status == nil }

    public func send(_ signal: Int32) { ending.send(signal, toGroup: false) }

    /// Waits for the exit.
    /// - Returns: the exit code, or the negative number of the signal
    /// - Errors: `Problem` if it is still running after a number of seconds; it is then killed with its group
    @discardableResult
    public func end(within seconds: Double = 120) async throws -> Int32 {
        let limit = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < limit {
            if let status { return status }
            try await Task.sleep(for: .milliseconds(10))
        }
        // On a busy machine the last sleep may have been long.
        if let status { return status }
        throw overdue(seconds)
    }

    /// The same, blocking the calling thread.
    @discardableResult
    public func endBlocking(within seconds: Double = 120) throws -> Int32 {
        let limit = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < limit {
            if let status { return status }
            usleep(3000)
        }
        if let status { return status }
        throw overdue(seconds)
    }

    private func overdue(_ seconds: Double) -> Problem {
        ending.send(SIGKILL, toGroup: true)
        return Problem(description: "still ran after \(seconds) s, and was killed: \(name.prefix(300))")
    }

    // MARK: - Starting

    private static func spawn(_ words: [String], input: Source, output: Sink, errors: Sink) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe direct(input, &actions)
        unsafe direct(output, to: 1, &actions)
        unsafe direct(errors, to: 2, &actions)
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        setSignalsAndGroup(&attributes)
        var id: pid_t = 0
        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let problem = unsafe withCStrings(words) { words in
            unsafe withCStrings(environment) { unsafe posix_spawnp(&id, words[0]!, &actions, &attributes, words, $0) }
        }
        guard problem == 0 else { throw Problem(description: "\(words[0]): \(unsafe String(cString: strerror(problem)))") }
        return id
    }

    private static func direct(_ source: Source, _ actions: inout posix_spawn_file_actions_t) {
        switch source {
        case .nothing: unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .file(let path): unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0)
        case .descriptor(let number): unsafe posix_spawn_file_actions_adddup2(&actions, number, 0)
        }
    }

    private static func direct(_ sink: Sink, to descriptor: Int32, _ actions: inout posix_spawn_file_actions_t) {
        switch sink {
        case .nothing: unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        case .file(let path):
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
        case .descriptor(let number): unsafe posix_spawn_file_actions_adddup2(&actions, number, descriptor)
        case .output: unsafe posix_spawn_file_actions_adddup2(&actions, 1, descriptor)
        }
    }

    private static func setSignalsAndGroup(_ attributes: inout posix_spawnattr_t) {
        var all = sigset_t()
        var none = sigset_t()
        unsafe sigfillset(&all)
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }

    /// Passes texts as a null-terminated array of C strings for the duration of the call.
    private static func withCStrings<R>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let pointers = unsafe texts.map { unsafe strdup($0) }
        defer { for unsafe pointer in unsafe pointers { unsafe free(pointer) } }
        return unsafe body(pointers + [nil])
    }
}
