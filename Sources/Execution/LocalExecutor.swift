import Canonical
import Datasets
import Foundation
import Storage
import Synchronization
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs workers as processes of this machine, each in its own process group, so that a Ctrl-C at the terminal reaches only the
/// server, which then asks its workers to save.
///
/// A worker that is not our child (its server was killed) is recognized by its command line and by the lock on its run's folder.
public final class LocalExecutor: RunExecutor, ExportRunner {
    private struct Child {
        let process: pid_t
        /// Set when the process is reaped: until then its id cannot be reused.
        var exit: WorkerExit?
    }

    /// The name stored in each attempt.
    public let name = "local"
    /// The workers and cores of this machine.
    public let capacity: ExecutorCapacity
    /// How often the reconciler polls.
    public let pollInterval = Duration.milliseconds(100)
    /// Workers are asked to save and end when the server stops.
    public let endsWithServer = true
    let executable: String
    /// The workers' `nice` value relative to the server, so that the server stays responsive while they compute.
    private let niceness: Int32
    private let node = LocalExecutor.hostName()
    private let children = Mutex<[AttemptName: Child]>([:])
    private let ring = Mutex<@Sendable () -> Void>({})

    /// - Parameters:
    ///   - executable: the program that workers run.
    ///   - niceness: the workers' `nice` value.
    public init(executable: String, capacity: ExecutorCapacity = .init(.init()), niceness: Int32 = 5) {
        self.executable = executable
        self.capacity = capacity
        self.niceness = niceness
    }

    /// Sets a function to call when a child process ends.
    public func whenChanged(_ ring: @escaping @Sendable () -> Void) { self.ring.withLock { $0 = ring } }

    /// Starts a worker process for each attempt, or adopts the running worker of its run.
    public func submit(_ attempts: [Attempt]) async throws -> [AttemptName: SubmissionOutcome] {
        var outcomes: [AttemptName: SubmissionOutcome] = [:]
        for attempt in attempts { outcomes[attempt.name] = submit(attempt) }
        return outcomes
    }

    private func submit(_ attempt: Attempt) -> SubmissionOutcome {
        let folder = attempt.job.folder
        if FileLock.isHeld(folder.lock) { return .accepted(job(attempt, ForeignWorker(folder: folder.path).process ?? 0), .running(node: node)) }
        do {
            try LocalExecutor.requireLog(folder.log)
            let memory = MachineMemory()
            let kills = memory.kills
            // Once workers of several machines have had the run, each takes it from the one before.
            let words = FileSystem.isFolder(folder.lease) ? attempt.job.arguments(attempt: attempt.name.number, isLocked: true) : attempt.job.arguments
            let process = try spawnYielding(words, log: folder.log)
            children.withLock { $0[attempt.name] = Child(process: process) }
            Thread.detachNewThread { [self] in watch(process, of: attempt.name) { memory.kills > kills } }
            return .accepted(job(attempt, process), .running(node: node))
        } catch {
            return .refused(ErrorSentence.of(error))
        }
    }

    private func job(_ attempt: Attempt, _ process: pid_t) -> SubmittedJob {
        SubmittedJob(id: String(process), attempt: attempt.name, folder: attempt.job.folder.path)
    }

    /// Blocks its thread until the child has ended.
    private func watch(_ process: pid_t, of name: AttemptName, wasMemoryShort: () -> Bool) {
        LocalExecutor.waitWithoutReaping(process)
        children.withLock { $0[name] = Child(process: process, exit: LocalExecutor.wait(for: process, wasMemoryShort: wasMemoryShort)) }
        let ring = ring.withLock { $0 }
        ring()
    }

    /// Looks up the worker processes of attempts by their command lines and by the locks of their runs' folders.
    public func find(_ attempts: [Attempt]) async throws -> [AttemptName: SubmittedJob] {
        let workers = ForeignWorker.all()
        var found: [AttemptName: SubmittedJob] = [:]
        for attempt in attempts {
            if let child = children.withLock({ $0[attempt.name] }) {
                found[attempt.name] = job(attempt, child.process)
            } else if let process = workers[attempt.job.folder.path] ?? FileLock.holder(of: attempt.job.folder.lock) {
                found[attempt.name] = job(attempt, process)
            }
        }
        return found
    }

    /// Children report their exit status; other workers are looked up by process id and command line.
    public func states(of jobs: [SubmittedJob]) async throws -> [AttemptName: JobState] {
        let children = children.withLock { $0 }
        var states: [AttemptName: JobState] = [:]
        for job in jobs {
            if let child = children[job.attempt] {
                states[job.attempt] = child.exit.map { .ended($0) } ?? .running(node: node)
            } else {
                states[job.attempt] = ForeignWorker(folder: job.folder, process: pid_t(job.id, in: 1...pid_t.max)).isAlive ? .running(node: node) : .gone
            }
        }
        return states
    }

    /// Sends SIGTERM, or SIGKILL for `.atOnce`.
    public func cancel(_ jobs: [SubmittedJob], _ how: JobCancellation) async throws {
        let signal = how == .afterSaving ? SIGTERM : SIGKILL
        for job in jobs {
            let isOurs = children.withLock { children in
                guard let child = children[job.attempt] else { return false }
                if child.exit == nil { send(signal, to: child.process) }
                return true
            }
            if !isOurs { send(signal, to: ForeignWorker(folder: job.folder, process: pid_t(job.id, in: 1...pid_t.max)).process ?? 0) }
        }
    }

    /// Forgets the exit statuses of these jobs.
    public func release(_ jobs: [SubmittedJob]) {
        children.withLock { children in
            for job in jobs where children[job.attempt]?.exit != nil { children[job.attempt] = nil }
        }
    }

    /// Starts the program at lower scheduling priority than the server.
    func spawnYielding(_ arguments: [String], log: String) throws -> pid_t {
        let process = try spawn(executable, arguments, log: log)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process), niceness)
        return process
    }

    /// Checks that the log can be opened; otherwise `posix_spawn` would report the failure as if the program were at fault.
    /// - Errors: `FileError`
    private static func requireLog(_ path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path, code: errno) }
        close(descriptor)
    }

    static func waitWithoutReaping(_ process: pid_t) {
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) < 0 {
            guard errno == EINTR else { break }
        }
    }

    /// - Parameter wasMemoryShort: whether the system killed processes for lack of memory since the worker started.
    static func wait(for process: pid_t, wasMemoryShort: () -> Bool = { false }) -> WorkerExit {
        var status: Int32 = 0
        var usage = rusage()
        while unsafe wait4(process, &status, 0, &usage) < 0 {
            guard errno == EINTR else { return .unknown }
        }
        let signal = status & 0x7f
        if signal == SIGKILL, wasMemoryShort() { return .outOfMemory(peak: Int(clamping: usage.ru_maxrss) &* 1024) }
        return signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }

    private static func hostName() -> String? {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The worker of a run's folder, which may not be our child. Its process is looked up each time, because its id may be reused
/// as soon as it has ended.
private struct ForeignWorker {
    let folder: String
    /// The process recorded when the job was stored; nil if unknown.
    var known: pid_t?

    init(folder: String, process: pid_t? = nil) {
        (self.folder, known) = (folder, process)
    }

    private var isLocked: Bool { FileLock.isHeld(RunFolder(path: folder).lock) }

    /// Whether it is running. The lock is tried only if the process is not found: trying it could interfere with a worker that is about to take it.
    var isAlive: Bool { isKnownAlive || isLocked }

    private var isKnownAlive: Bool { known.map { ForeignWorker.folder(ofWorker: $0) == folder } ?? false }

    /// The process that was started as the worker of this folder.
    var process: pid_t? { isKnownAlive ? known : ForeignWorker.all()[folder] }

    /// All workers of this machine, by folder.
    static func all() -> [String: pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var found: [String: pid_t] = [:]
        for process in names.compactMap({ pid_t($0, in: 1...pid_t.max) }).sorted() {
            // A worker's own children have the same command line until they exec; they come later.
            if let folder = folder(ofWorker: process), found[folder] == nil { found[folder] = process }
        }
        return found
    }

    /// The folder after "worker" in the command line of a process; nil if it is not a worker or has ended.
    private static func folder(ofWorker process: pid_t) -> String? {
        guard process > 1 else { return nil }
        let words = (FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()).split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let place = words.firstIndex(of: "worker") else { return nil }
        return words.dropFirst(place + 1).first
    }
}

/// Never signals process 0, which would be our own group, nor 1.
private func send(_ signal: Int32, to process: pid_t) {
    if process > 1 { _ = kill(process, signal) }
}
