internal import Canonical
internal import Foundation
internal import Synchronization
#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The order of a run's workers: a later attempt comes after an earlier one, and a worker that the cluster restarted comes after the one before it.
public struct WorkerOrder: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number of the attempt, from 1.
    public var attempt: Int
    /// How often the cluster has restarted the job of the attempt.
    public var restart: Int

    /// Orders a worker.
    public init(attempt: Int, restart: Int = 0) {
        (self.attempt, self.restart) = (attempt, restart)
    }

    /// Reads "3.0".
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let attempt = Int(parts[0], in: 1...Int.max), let restart = Int(parts[1], in: 0...Int.max), "\(attempt).\(restart)" == text else { return nil }
        self.init(attempt: attempt, restart: restart)
    }

    /// "3.0": the first worker of the third attempt.
    public var description: String { "\(attempt).\(restart)" }

    /// Earlier workers come first.
    public static func < (a: WorkerOrder, b: WorkerOrder) -> Bool { (a.attempt, a.restart) < (b.attempt, b.restart) }
}

/// How a worker takes its run's folder: a file lock excludes other workers of the machine, a lease those of all machines.
public struct FolderClaim: Sendable, Equatable {
    /// Takes a lease in this order; nil for none.
    public var order: WorkerOrder?
    /// Whether the file lock is taken. Locks do not reach across machines on every file system, and a stopped worker keeps its own.
    public var isLocked: Bool

    /// By default the lock alone.
    public init(order: WorkerOrder? = nil, isLocked: Bool = true) {
        (self.order, self.isLocked) = (order, isLocked)
    }
}

/// The names in the folder `lease` of a run that workers of several machines may write. Each name begins with the order of the one worker that writes it, and the
/// latest order counts: no reader depends on a file that an earlier worker, which does not know of its successor yet, can still change.
extension RunFolder {
    /// The folder of the claims; missing where only workers of the server's machine had the run.
    public var lease: String { "\(path)/lease" }
    func claim(of order: WorkerOrder) -> String { "\(lease)/\(order).json" }
    func eventLog(of order: WorkerOrder) -> String { "\(lease)/\(order).ndjson" }
    func report(of order: WorkerOrder) -> String { "\(lease)/\(order).exit.json" }

    /// The latest worker that has claimed the folder; nil without any.
    public var holder: WorkerOrder? { orders(".json").last }

    /// The orders whose files end like this, in order.
    func orders(_ ending: String) -> [WorkerOrder] {
        ((try? FileSystem.names(in: lease)) ?? []).filter { $0.hasSuffix(ending) }.compactMap { WorkerOrder($0.dropLast(ending.count)) }.sorted()
    }

    /// Whether a worker of this attempt has taken the folder.
    public func wasTaken(byAttempt number: Int) -> Bool { orders(".json").contains { $0.attempt == number } }

    /// The log that counts: that of the latest claim, or `events`.
    public var currentLog: RunLog {
        guard let holder else { return RunLog(path: events) }
        let claim = (try? FileSystem.read(claim(of: holder), limit: 1 << 16)).flatMap { try? JSONValue(parsing: $0) }
        return RunLog(path: eventLog(of: holder), inherited: claim?["inherited"]?.integerValue ?? 0)
    }

    /// The report of an attempt's last worker. - Returns: nil if a later worker has claimed the folder, so that this attempt's end means nothing
    public func reportPath(ofAttempt number: Int) -> String? {
        guard let holder else { return exit }
        return holder.attempt == number ? report(of: holder) : nil
    }
}

/// A log of events, and how much of it is a copy of the log of an earlier worker.
public struct RunLog: Sendable, Equatable {
    /// The path of the file.
    public var path: String
    /// Bytes at its beginning that are those of the earlier log; nil for the log of a run without leases.
    public var inherited: Int64?
}

/// The exclusive right to write a run's folder on a file system that several machines share.
///
/// Whoever claims the folder in a later order has it from then on, without waiting: every file that a worker changes bears its own order, or is the
/// same for all workers (archives and sample grids, which the specification determines). So a worker that was stopped, or cut off, and goes on later changes nothing that counts,
/// and it ends as soon as it sees its successor. The heartbeat tells people that the worker lives; nothing is decided by comparing clocks.
final class RunLease: Sendable {
    let folder: RunFolder
    let order: WorkerOrder
    private let hasEnded = Atomic(false)
    private let wasLost = Atomic(false)
    private let inherited: (from: WorkerOrder?, bytes: Int)
    private let began = Date().timeIntervalSince1970

    /// Claims the folder and takes over the log of the last worker.
    /// - Errors: `TrainingError.superseded` if a worker of this or a later order has claimed it; `FileError`
    init(_ folder: RunFolder, as order: WorkerOrder, heartbeat: Double = 5) throws {
        (self.folder, self.order) = (folder, order)
        try FileSystem.makeFolder(folder.lease, mode: 0o700)
        if let holder = folder.holder, holder >= order { throw TrainingError.superseded(folder: folder.path, by: "\(holder)") }
        // Of two workers of the same order, one creates the file.
        guard try RunLease.create(folder.claim(of: order)) else { throw TrainingError.superseded(folder: folder.path, by: "\(order)") }
        let previous = folder.orders(".ndjson").last { $0 < order }
        let source = previous.map { folder.eventLog(of: $0) } ?? folder.events
        let bytes = FileSystem.exists(source) ? try FileSystem.read(source) : []
        let lines = bytes[..<(bytes.lastIndex(of: 10).map { $0 + 1 } ?? 0)]
        inherited = (previous, lines.count)
        // Readers find the length before the log that it describes.
        try write(beat: 0)
        try AtomicFile.write(Array(lines), to: folder.eventLog(of: order))
        try require()
        Thread.detachNewThread { [weak self] in
            var beat = 0
            while true {
                Thread.sleep(forTimeInterval: heartbeat)
                beat += 1
                guard let lease = self, lease.beat(beat) else { return }
            }
        }
    }

    /// Creates an empty file, durably. - Returns: false if the file exists: of several that try at once, on any machine, one succeeds
    private static func create(_ path: String) throws(FileError) -> Bool {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw FileError.last(path, "create")
        }
        close(descriptor)
        try FileSystem.synchronizeFolder(FileSystem.folder(of: path))
        return true
    }

    /// - Errors: `TrainingError.superseded` if a later worker has claimed the folder
    func require() throws {
        guard let holder = folder.holder, holder > order else { return }
        wasLost.store(true, ordering: .relaxed)
        throw TrainingError.superseded(folder: folder.path, by: "\(holder)")
    }

    /// Whether a later worker was seen.
    var isLost: Bool { wasLost.load(ordering: .relaxed) }

    func end() { hasEnded.store(true, ordering: .relaxed) }

    /// - Returns: whether to go on
    private func beat(_ number: Int) -> Bool {
        guard !hasEnded.load(ordering: .relaxed) else { return false }
        guard (try? require()) != nil else { return false }
        // A missed heartbeat, as on a full disk, changes nothing.
        try? write(beat: number)
        return true
    }

    private func write(beat number: Int) throws(FileError) {
        let json: JSONValue = .object([
            "attempt": .integer(Int64(order.attempt)), "restart": .integer(Int64(order.restart)), "process": .integer(Int64(getpid())),
            "host": .string(ProcessInfo.processInfo.hostName), "began": .number(began), "heartbeat": .number(Date().timeIntervalSince1970), "beats": .integer(Int64(number)),
            "from": inherited.from.map { .string("\($0)") } ?? .null, "inherited": .integer(Int64(inherited.bytes)),
        ])
        try AtomicFile.write(json.canonicalBytes, to: folder.claim(of: order), mode: 0o600)
    }
}

/// What a worker holds while it writes its run's folder.
final class FolderHold: Sendable {
    private let folder: RunFolder
    private let lock: FileLock?
    private let lease: RunLease?

    /// - Errors: `TrainingError.busy` or `.superseded` if another worker has the folder; `FileError`
    init(_ folder: RunFolder, _ claim: FolderClaim) throws {
        self.folder = folder
        lock = try claim.isLocked ? FileLock.acquire(folder.lock, patience: .zero) : nil
        if claim.isLocked, lock == nil { throw TrainingError.busy(folder: folder.path) }
        if claim.order == nil, let holder = folder.holder { throw TrainingError.superseded(folder: folder.path, by: "\(holder)") }
        lease = try claim.order.map { try RunLease(folder, as: $0) }
        if lease == nil {
            try FileSystem.removeForGood(folder.exit)
            // Only with a lease alone may another worker still be writing.
            for path in [folder.path, folder.samples] where FileSystem.isFolder(path) { try AtomicFile.removeLeftovers(in: path) }
        }
    }

    deinit { lease?.end() }

    /// The log that this worker appends to.
    var log: String { lease.map { folder.eventLog(of: $0.order) } ?? folder.events }

    /// Whether a later worker has the folder.
    var isLost: Bool { lease?.isLost ?? false }

    /// Writes the report, the last file of a worker. - Errors: `TrainingError.superseded`, `FileError`
    func report(_ bytes: [UInt8]) throws {
        try lease?.require()
        try AtomicFile.write(bytes, to: lease.map { folder.report(of: $0.order) } ?? folder.exit)
        withExtendedLifetime(lock) {}
    }
}
