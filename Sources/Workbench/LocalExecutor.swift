import Canonical
import Foundation
public import Training

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
        let memory = MachineMemory()
        let kills = memory.kills
        let process = try spawnYielding(job.arguments, log: job.folder.log)
        Thread.detachNewThread { ended(LocalExecutor.wait(for: process) { memory.kills > kills }) }
        return LocalWorker(process: process)
    }

    /// Starts the program so that it yields to the server.
    func spawnYielding(_ arguments: [String], log: String) throws -> pid_t {
        let process = try spawn(executable, arguments, log: log)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(process), niceness)
        return process
    }

    public func adopt(_ folder: RunFolder, ended: @escaping @Sendable (WorkerExit) -> Void) -> (any WorkerProcess)? {
        guard FileLock.isHeld(folder.lock) else { return nil }
        Thread.detachNewThread {
            while FileLock.isHeld(folder.lock) { usleep(200_000) }
            ended(.unknown)
        }
        return AdoptedWorker(folder: folder)
    }

    /// - Parameter wasMemoryShort: whether the system killed processes for want of memory since the worker was started.
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
}

/// A worker that is our child.
private struct LocalWorker: WorkerProcess {
    let process: pid_t

    var description: String { "process \(process)" }
    func stop() { send(SIGTERM, to: process) }
    func kill() { send(SIGKILL, to: process) }
}

/// A worker that an earlier server started, known by the lock it holds. Its process is looked up anew each time, because an id
/// may go to somebody else as soon as the worker is gone.
private struct AdoptedWorker: WorkerProcess {
    let folder: RunFolder

    var description: String { "process \(process), started earlier" }
    func stop() { send(SIGTERM, to: process) }
    func kill() { send(SIGKILL, to: process) }

    /// The process that was started as the worker of this folder; 0 when there is none.
    private var process: pid_t {
        guard FileLock.isHeld(folder.lock) else { return 0 }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for process in names.compactMap({ pid_t($0, in: 1...pid_t.max) }) {
            let words = (FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()).split(separator: 0).map {
                String(decoding: $0, as: UTF8.self)
            }
            if let place = words.firstIndex(of: "worker"), words.dropFirst(place + 1).first == folder.path { return process }
        }
        return 0
    }
}

/// Never to process 0, which would be our own group, nor to 1.
private func send(_ signal: Int32, to process: pid_t) {
    if process > 1 { _ = kill(process, signal) }
}
