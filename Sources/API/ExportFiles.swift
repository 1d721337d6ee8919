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
/// A file is named by what was asked for and by the digest of its content, and compared with it like an archive; one that is damaged is made again.
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
    private let verified: VerifiedFiles
    /// When files were last asked for, by path; times of the file system are those of their creation.
    private let uses = Mutex<[String: Date]>([:])
    private let places = Mutex((guests: 0, all: 0))
    private let turns = Turns()

    init(storage: StorageFolder, runner: any ExportRunner, verified: VerifiedFiles, threads: Int = 1) {
        (self.storage, self.runner, self.verified, self.threads) = (storage, runner, verified, threads)
    }

    /// The path of the export's file, which is created if it does not exist.
    /// - Errors: 503 `overloaded` if no place is left; 422 `export-refused`, 404 `encoder-unknown`, 507 `disk-full` or 500 `export-failed` with the
    ///   message of the process; `CancellationError`
    func path(of export: Export, isGuest: Bool) async throws -> String {
        if let path = try await kept(export) { return path }
        try takePlace(isGuest)
        defer { leavePlace(isGuest) }
        return try await turns.one {
            // An earlier request may have created the same file.
            if let path = try await self.kept(export) { return path }
            return try await self.make(export, isGuest)
        }
    }

    /// The waiting requests, including the one whose file is being created.
    var count: Int { places.withLock { $0.all } }

    private func make(_ export: Export, _ isGuest: Bool) async throws -> String {
        let path = "\(storage.exports)/\(export.key.hex).\(export.suffix)"
        try FileManager.default.createDirectory(atPath: storage.exports, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let job = ExportJob(export: export, storage: storage, output: path, threads: threads, timeLimit: ExportFiles.timeLimit)
        defer {
            try? FileSystem.remove(job.log)
            // Left by a process that was killed while writing; no other process writes here now.
            try? AtomicFile.removeLeftovers(in: storage.exports)
        }
        let exit = try await runner.make(job)
        try Task.checkCancellation()
        guard exit == .code(WorkerExitCode.done), FileSystem.exists(path) else { throw ExportFiles.problem(exit, WorkerLog(path: job.log).reason, isGuest) }
        let named = "\(storage.exports)/\(export.key.hex).\(try Digest(ofFile: path).hex).\(export.suffix)"
        try FileSystem.rename(path, to: named)
        tidy(keeping: named)
        return named
    }

    /// - Parameter isGuest: Guests are not told what went wrong on the server's machine, which may name its files.
    private static func problem(_ exit: WorkerExit, _ words: String, _ isGuest: Bool) -> ServerError {
        let said = words.hasPrefix("fidelio: ") ? String(words.dropFirst(9)) : words
        return switch exit {
        case .code(WorkerExitCode.badSpecification): ServerError(.unprocessableContent, code: "export-refused", said)
        case .code(ExportExitCode.missing): ServerError(.notFound, code: "encoder-unknown", said)
        case .code(WorkerExitCode.cannotWrite): ServerError(.insufficientStorage, code: "disk-full", isGuest ? "The file could not be created, because the disk of the server is full." : said)
        case .signal(SIGALRM): ServerError(.unprocessableContent, code: "export-refused", "The file would take more than \(timeLimit) seconds to create; request less.")
        default: ServerError(.internalServerError, code: "export-failed", "The file could not be created: the process \(exit)." + (isGuest ? "" : " " + said))
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
                .serviceUnavailable, code: "overloaded", "The server is creating as many files as it accepts. Try again in a few seconds.", headerFields: [.retryAfter: "5"])
        }
    }

    private func leavePlace(_ isGuest: Bool) {
        places.withLock { places in
            places.all -= 1
            places.guests -= isGuest ? 1 : 0
        }
    }

    // MARK: Files

    /// The file of an export, if it was created before and has the content that its name states; a damaged one is deleted.
    private func kept(_ export: Export) async throws -> String? {
        let parts = ((try? FileSystem.names(in: storage.exports)) ?? []).lazy.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
        guard let name = parts.first(where: { $0.count == 3 && $0[0] == export.key.hex && $0[2] == export.suffix }), let digest = try? Digest(hex: String(name[1])) else { return nil }
        let path = "\(storage.exports)/\(name.joined(separator: "."))"
        let problem = try await verified.problem(of: path, under: digest.hex) { (try? Digest(ofFile: path)) == digest ? nil : "The file is damaged." }
        guard problem == nil else {
            try FileSystem.remove(path)
            return nil
        }
        uses.withLock { $0[path] = Date() }
        return path
    }

    /// Deletes the least recently used files, down to the bounds.
    private func tidy(keeping newest: String) {
        let names = (try? FileSystem.names(in: storage.exports)) ?? []
        var files = names.filter { !$0.hasPrefix(".") }.compactMap { name -> (path: String, bytes: Int, date: Date)? in
            let path = "\(storage.exports)/\(name)"
            guard path != newest, let found = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            return (path, (found[.size] as? Int) ?? 0, (found[.modificationDate] as? Date) ?? .distantPast)
        }
        let uses = uses.withLock { uses in
            let there = Set(files.map(\.path))
            uses = uses.filter { there.contains($0.key) }
            return uses
        }
        for index in files.indices { files[index].date = max(files[index].date, uses[files[index].path] ?? .distantPast) }
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
