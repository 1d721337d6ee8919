import Canonical
import Catalog
import Notebooks
import Results
import Synchronization

/// The work of one turn of updates beside the queue: resolves cells of one notebook, for a short time, from one snapshot of the catalog. Stores nothing.
struct CellUpdating: Sendable {
    /// The cells that one turn takes at most, and the seconds after which it begins no other one.
    static let mostCells = 16
    static let turn = 0.5

    let catalog: Catalog
    let resolver: CellResolver
    /// Answers the query of an SQL cell.
    let query: @Sendable (String) async throws -> SQLAnswer
    /// Draws samples of checkpoints.
    let sampling: CheckpointSampling
    /// Runs experiments.
    let experiments: ExperimentRunning
    let uptime: @Sendable () -> Double
    /// Called when the process of a cell has told how far it is.
    let told: @Sendable () -> Void

    /// Whether a cell is taken alone, because others do the work for it.
    static func isAlone(_ cell: Cell) -> Bool { [.sql, .grid, .experiment].contains(cell.kind) }

    /// A cell that is to be updated.
    struct Wanted: Sendable {
        let update: NotebookUpdateRecord
        let cell: Cell
    }

    /// What a cell is to show.
    struct Resolved: Sendable {
        let update: NotebookUpdateRecord
        let cell: Cell
        let output: CellOutput
    }

    /// Resolves cells in their order, as many as there is time for, at least one.
    /// - Parameter document: all cells of the notebook, for those that are about the others.
    /// - Returns: what was resolved before the turn ended, was cancelled, or failed.
    func resolve(_ wanted: [Wanted], in document: [Cell], _ progress: UpdateProgress) async -> (resolved: [Resolved], error: (any Error)?) {
        let done = ResolvedCells()
        do {
            if let one = wanted.first, one.cell.kind == .sql {
                progress.begin(one.update.number, at: uptime())
                let answer = try await answer(to: one.cell)
                let output = try await catalog.read { [resolver] in try resolver.output(of: one.cell, answer: answer, $0) }
                done.append(Resolved(update: one.update, cell: one.cell, output: output))
            } else if let one = wanted.first, CellUpdating.isAlone(one.cell) {
                progress.begin(one.update.number, at: uptime(), limit: one.cell.kind == .experiment ? ExperimentRunning.timeLimit + 60 : Workbench.updateLimit)
                let prepared = try await experiments.prepared(sampling.prepared(resolver, for: one.cell), for: one.cell) { progress.report($0, $1, at: uptime()); told() }
                done.append(Resolved(update: one.update, cell: one.cell, output: try await catalog.read { try output(of: one.cell, by: prepared, in: document, $0) }))
            } else {
                let end = uptime() + CellUpdating.turn
                try await catalog.read { reader in
                    try ReadMemo.during {
                        for (place, one) in wanted.enumerated() where place == 0 || uptime() < end {
                            progress.begin(one.update.number, at: uptime())
                            done.append(Resolved(update: one.update, cell: one.cell, output: try output(of: one.cell, by: resolver, in: document, reader)))
                        }
                    }
                }
            }
        } catch {
            return (done.all, error)
        }
        return (done.all, nil)
    }

    private func answer(to cell: Cell) async throws -> Result<SQLAnswer, SQLProblem> {
        do { return .success(try await query(cell.source)) } catch let problem as SQLProblem { return .failure(problem) }
    }

    private func output(of cell: Cell, by resolver: CellResolver, in document: [Cell], _ reader: CatalogReader) throws -> CellOutput {
        do {
            return try resolver.output(of: cell, fields: try cell.fields(), citing: cell.kind == .verification ? try cited(in: document, reader) : [], reader)
        } catch let error as NotebookError {
            return .failed("\(error)")
        }
    }

    /// The runs behind what the other cells show.
    private func cited(in document: [Cell], _ reader: CatalogReader) throws -> [String] {
        guard let notebook = try resolver.notebook.flatMap({ try reader.notebook($0) }) else { return [] }
        return try StoredOutput.citedRuns(of: document, reader.notebookOutputs(notebook.number), reader)
    }
}

/// What a turn has resolved, also where it was cancelled afterwards.
private final class ResolvedCells: Sendable {
    private let resolved = Mutex<[CellUpdating.Resolved]>([])

    var all: [CellUpdating.Resolved] { resolved.withLock { $0 } }

    func append(_ one: CellUpdating.Resolved) { resolved.withLock { $0.append(one) } }
}

extension NotebookKeeper.Shown {
    /// What is stored of an output that was resolved now, in the place of its update.
    init(_ resolved: CellUpdating.Resolved) { self.init(resolved.cell, resolved.output, update: resolved.update.number) }
}
