import Canonical
import Catalog
import Notebooks
import Results
import Storage
import Training

/// Draws the samples of checkpoints for cells that show them: each picture by a process of its own, which ends with the task that waits for it.
struct CheckpointSampling: Sendable {
    /// Seconds that one picture may take.
    static let timeLimit = 60

    let storage: StorageFolder
    let runner: any ExportRunner
    let catalog: Catalog

    /// The resolver with the pictures that a cell needs; the same one for most cells.
    /// - Errors: those of the catalog and of files, `CancellationError`
    func prepared(_ resolver: CellResolver, for cell: Cell) async throws -> CellResolver {
        guard cell.kind == .grid, let fields = try? cell.fields() else { return resolver }
        let needed = try await catalog.read { try resolver.checkpoints(of: cell, fields: fields, $0) }
        guard !needed.isEmpty else { return resolver }
        var prepared = resolver
        for digest in needed {
            do { prepared.sampled[digest] = try await picture(ofCheckpoint: digest) } catch let problem as SamplingProblem {
                prepared.samplingProblem = "The samples of checkpoint \(digest.prefix(12)) cannot be drawn: \(problem.words)"
                return prepared
            }
        }
        return prepared
    }

    private func picture(ofCheckpoint text: String) async throws -> [UInt8] {
        guard let digest = try? Digest(hex: text), let archive = try? storage.archive(text), FileSystem.exists(archive) else { throw SamplingProblem(words: "its archive is not in the storage") }
        // Hidden from what tidies the files of exports.
        let folder = storage.exports + "/.grids", path = "\(folder)/\(text)-\(UInt32.random(in: 0...UInt32.max)).png"
        try FileSystem.makeFolder(folder)
        let job = ExportJob(export: .grid(checkpoint: digest), storage: storage, output: path, threads: 1, timeLimit: CheckpointSampling.timeLimit)
        defer { for file in [path, job.log] { try? FileSystem.remove(file) } }
        let exit = try await runner.make(job)
        try Task.checkCancellation()
        guard exit == .code(WorkerExitCode.done), FileSystem.exists(path) else {
            let said = WorkerLog(path: job.log).reason
            throw SamplingProblem(words: said.hasPrefix("fidelio: ") ? String(said.dropFirst(9)) : said.isEmpty ? "the process \(exit)" : said)
        }
        return try FileSystem.read(path, limit: 1 << 26)
    }
}

/// Why a checkpoint gives no picture.
private struct SamplingProblem: Error {
    let words: String
}
