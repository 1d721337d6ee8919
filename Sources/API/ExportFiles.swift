import Canonical
import Execution
import Foundation
import HTTPServer
import HTTPTypes
import Storage
import Synchronization
import Training

/// Files created on request, each by its own process, one at a time. The most recent ones are kept, so that ranges of a file and repeated requests
/// cost nothing.
///
/// The server itself computes nothing. The number of waiting requests is bounded, with a smaller bound for guests. When a request is cancelled,
/// its process ends.
final class ExportFiles: Sendable {
    static let mostOfGuests = 4
    static let mostOfAll = 16
    /// The number of files kept, and their total size in bytes.
    static let mostFiles = 64
    static let mostBytes = 2 << 30
    /// Seconds that one process may take.
    static let timeLimit = 600

    private let storage: StorageFolder
    private let runner: any ExportRunner
    private let threads: Int
    private let places = Mutex((guests: 0, all: 0))
    private let turns = Turns()

    init(storage: StorageFolder, runner: any ExportRunner, threads: Int = 1) {
        (self.storage, self.runner, self.threads) = (storage, runner, threads)
    }

    /// The path of the export's file, which is created if it does not exist.
    /// - Errors: 503 `overloaded` if no place is left; 422 `export-refused`, 404 `encoder-unknown`, 507 `disk-full` or 500 `export-failed` with the
    ///   message of the process; `CancellationError`
    func path(of export: Export, isGuest: Bool) async throws -> String {
        let path = "\(storage.exports)/\(export.key.hex).\(export.suffix)"
        if use(path) { return path }
        try takePlace(isGuest)
        defer { leavePlace(isGuest) }
        return try await turns.one {
            // An earlier request may have created the same file.
            if self.use(path) { return path }
            try await self.make(export, path)
            return path
        }
    }

    /// The waiting requests, including the one whose file is being created.
    var count: Int { places.withLock { $0.all } }

    private func make(_ export: Export, _ path: String) async throws {
        try FileManager.default.createDirectory(atPath: storage.exports, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let job = ExportJob(export: export, storage: storage, output: path, threads: threads, timeLimit: ExportFiles.timeLimit)
        defer {
            try? FileSystem.remove(job.log)
            // Left by a process that was killed while writing; no other process writes here now.
            try? AtomicFile.removeLeftovers(in: storage.exports)
        }
        let exit = try await runner.make(job)
        try Task.checkCancellation()
        guard exit == .code(WorkerExitCode.done), FileSystem.exists(path) else { throw ExportFiles.problem(exit, WorkerLog(path: job.log).reason) }
        tidy(keeping: path)
    }

    private static func problem(_ exit: WorkerExit, _ words: String) -> ServerError {
        let said = words.hasPrefix("fidelio: ") ? String(words.dropFirst(9)) : words
        return switch exit {
        case .code(WorkerExitCode.badSpecification): ServerError(.unprocessableContent, code: "export-refused", said)
        case .code(ExportExitCode.missing): ServerError(.notFound, code: "encoder-unknown", said)
        case .code(WorkerExitCode.cannotWrite): ServerError(.insufficientStorage, code: "disk-full", said)
        case .signal(SIGALRM): ServerError(.unprocessableContent, code: "export-refused", "The file would take more than \(timeLimit) seconds to create; request less.")
        default: ServerError(.internalServerError, code: "export-failed", "The file could not be created: the process \(exit). \(said)")
        }
    }

    // MARK: Places

    private func takePlace(_ isGuest: Bool) throws {
        let isTaken = places.withLock { places in
            guard places.all < ExportFiles.mostOfAll, !isGuest || places.guests < ExportFiles.mostOfGuests else { return false }
            places.all += 1
            places.guests += isGuest ? 1 : 0
            return true
        }
        guard isTaken else {
            throw ServerError(
                .serviceUnavailable, code: "overloaded", "As many files are being made as are taken on; try again soon.", headerFields: [.retryAfter: "5"])
        }
    }

    private func leavePlace(_ isGuest: Bool) {
        places.withLock { places in
            places.all -= 1
            places.guests -= isGuest ? 1 : 0
        }
    }

    // MARK: Files

    /// Whether the file exists; it then counts as recently used.
    private func use(_ path: String) -> Bool {
        guard FileSystem.exists(path) else { return false }
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
        return true
    }

    /// Deletes the least recently used files, down to the bounds.
    private func tidy(keeping newest: String) {
        let names = (try? FileSystem.names(in: storage.exports)) ?? []
        var files = names.filter { !$0.hasPrefix(".") }.compactMap { name -> (path: String, bytes: Int, date: Date)? in
            let path = "\(storage.exports)/\(name)"
            guard path != newest, let found = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            return (path, (found[.size] as? Int) ?? 0, (found[.modificationDate] as? Date) ?? .distantPast)
        }
        files.sort { ($0.date, $0.path) < ($1.date, $1.path) }
        var bytes = files.reduce((try? FileSystem.size(of: newest)) ?? 0) { $0 + $1.bytes }
        while let oldest = files.first, files.count >= ExportFiles.mostFiles || bytes > ExportFiles.mostBytes {
            try? FileSystem.remove(oldest.path)
            bytes -= oldest.bytes
            files.removeFirst()
        }
    }
}

/// The exit codes of `fidelio export-worker`, in addition to those of workers.
public enum ExportExitCode {
    /// The requested data is not in the storage.
    public static let missing: Int32 = 66
}

/// A fair mutex for tasks, first come first served; a task cancelled while waiting never starts.
private actor Turns {
    private var isBusy = false
    private var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    private var next = 0

    func one<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T {
        try await begin()
        defer { end() }
        return try await work()
    }

    private func begin() async throws {
        try Task.checkCancellation()
        if !isBusy {
            isBusy = true
            return
        }
        let id = next
        next += 1
        let isOurs = await withTaskCancellationHandler {
            await withCheckedContinuation { waiting.append((id, $0)) }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
        guard isOurs else { throw CancellationError() }
        if Task.isCancelled {
            end()
            throw CancellationError()
        }
    }

    private func giveUp(_ id: Int) {
        guard let place = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: place).continuation.resume(returning: false)
    }

    private func end() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().continuation.resume(returning: true) }
    }
}
