import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs workers as processes of this machine, each in a process group of its own, so that a Ctrl-C at the terminal reaches
/// the server alone, which then asks its workers to save.
public struct LocalExecutor: WorkerExecutor {
    private let executable: String
    /// How much the workers yield to the server (`nice`), so that the page stays quick while they compute.
    private let niceness: Int32

    public init(executable: String, niceness: Int32 = 5) {
        self.executable = executable
        self.niceness = niceness
    }

    public func start(_ job: WorkerJob, ended: @escaping @Sendable (WorkerExit) -> Void) throws -> any WorkerProcess {
        let process = try spawn(executable, job.arguments, log: job.folder.log)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process), niceness)
        Thread.detachNewThread { ended(LocalExecutor.wait(for: process)) }
        return LocalWorker(process: process)
    }

    public func adopt(_ folder: RunFolder, ended: @escaping @Sendable (WorkerExit) -> Void) -> (any WorkerProcess)? {
        guard FileLock.holder(of: folder.lock) != nil else { return nil }
        Thread.detachNewThread {
            while FileLock.holder(of: folder.lock) != nil { usleep(200_000) }
            ended(.unknown)
        }
        return AdoptedWorker(folder: folder)
    }

    private static func wait(for process: pid_t) -> WorkerExit {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return .unknown }
        }
        let signal = status & 0x7f
        return signal == 0 ? .code((status >> 8) & 0xff) : .signal(signal)
    }
}

/// A worker that is our child.
private struct LocalWorker: WorkerProcess {
    let process: pid_t

    var description: String { "process \(process)" }
    func stop() { send(SIGTERM, to: process) }
    func kill() { send(SIGKILL, to: process) }
}

/// A worker that an earlier server started, known by the lock it holds. It is looked up anew each time, because a process
/// id may go to somebody else as soon as the lock is free.
private struct AdoptedWorker: WorkerProcess {
    let folder: RunFolder

    var description: String { "process \(worker(in: folder)), started earlier" }
    func stop() { send(SIGTERM, to: worker(in: folder)) }
    func kill() { send(SIGKILL, to: worker(in: folder)) }
}

/// The worker that holds the lock of a run; 0 when the process that the system names is not at work on this folder.
private func worker(in folder: RunFolder) -> pid_t {
    guard let process = FileLock.holder(of: folder.lock), process > 1,
        let words = FileManager.default.contents(atPath: "/proc/\(process)/cmdline"),
        String(decoding: words, as: UTF8.self).contains(folder.path)
    else { return 0 }
    return process
}

/// Never to process 0, which would be our own group, nor to 1.
private func send(_ signal: Int32, to process: pid_t) {
    if process > 1 { _ = kill(process, signal) }
}
