import Canonical
package import Catalog
import Datasets
import Logging
package import Notebooks
import Results
import Storage
import Synchronization

/// Updates of cells: a row for each cell that is to be updated, so that neither a closed tab nor an ended server loses one. Turns of a few cells are resolved beside the queue of
/// runs, at most two at once, one for a notebook; the notebook that waited longest is next. The row goes with the output.
extension Workbench {
    /// The cells that wait at most, of all notebooks.
    package static let mostUpdates = 20_000
    /// Turns at once.
    static let updateLanes = 2
    /// Seconds that a cell may take.
    package static let updateLimit = 120.0
    /// The starts of the server that a cell may outlast: one that ends the process each time is not begun forever.
    static let mostStartsOfUpdate = 3

    /// Asks for cells to be updated. A cell that is asked for already is not asked for twice; one that was edited since is asked for anew.
    /// - Returns: the numbers of the updates of these cells
    /// - Errors: `WorkbenchError.unknownNotebook`, `.notebookDeleted`, `.tooManyUpdates`, `.stopping`
    package func update(_ cells: [Cell], of id: String, by actor: some AuditActor) throws -> [Int64] {
        guard !isStopping else { throw WorkbenchError.stopping }
        let (time, wanted) = (now, Set(cells.map(\.id.text)))
        let (numbers, asked) = try catalog.writeNow { writer -> ([Int64], [String]) in
            let notebook = try writer.reader.openNotebook(id)
            guard try writer.reader.notebookUpdateCount() + cells.count <= Workbench.mostUpdates else { throw WorkbenchError.tooManyUpdates(Workbench.mostUpdates) }
            let asked = try cells.filter {
                try writer.askForUpdate(ofCell: $0.id.text, source: $0.sourceDigest, of: notebook.number, by: actor.name, member: actor.member, at: time)
            }
            return (try writer.reader.notebookUpdates(notebook.number).values.filter { wanted.contains($0.cell) }.map(\.number), asked.map(\.id.text))
        }
        tellOfUpdates(asked, of: id, by: actor.name)
        focusedNotebooks.insert(id)
        areUpdatesDue = true
        advanceUpdates()
        return numbers
    }

    /// Cancels updates of cells: they go on showing what they showed.
    /// - Parameter cells: nil for all.
    /// - Errors: `WorkbenchError.unknownNotebook`, `.notebookDeleted`
    package func cancelUpdates(_ cells: Set<String>?, of id: String, by actor: some AuditActor) throws {
        let cancelled = try catalog.writeNow { writer -> [NotebookUpdateRecord] in
            let notebook = try writer.reader.openNotebook(id)
            let open = try writer.reader.notebookUpdates(notebook.number).values.filter { cells?.contains($0.cell) ?? true }
            return try open.filter { try writer.endUpdate($0.number) }
        }
        let numbers = Set(cancelled.map(\.number))
        for turn in updateTurns.values where turn.progress.current.map({ numbers.contains($0.number) }) ?? false { turn.task?.cancel() }
        tellOfUpdates(cancelled.map(\.cell).sorted(), of: id, by: actor.name)
    }

    /// Waits until none of these updates is open any more, at most so long.
    package func wait(forUpdates numbers: [Int64], seconds: Int) async throws {
        let (wanted, end) = (Set(numbers), ContinuousClock.now + .seconds(seconds))
        var pause = 5
        while !wanted.isEmpty, .now < end, !isStopping, try catalog.readNow({ try $0.notebookUpdates() }).contains(where: { wanted.contains($0.number) }) {
            try await Task.sleep(for: .milliseconds(pause))
            pause = min(100, pause * 2)
        }
    }

    /// For how many seconds each update that is being made has been made, by its number.
    package nonisolated var updatesUnderWay: [Int64: Double] {
        let time = settings.uptime()
        return updateWatch.withLock { $0 }.values.reduce(into: [:]) { found, progress in
            if let current = progress.current { found[current.number] = max(0, time - current.since) }
        }
    }

    /// Draws samples of checkpoints for cells.
    nonisolated var sampling: CheckpointSampling { CheckpointSampling(storage: storage, runner: exporter, catalog: catalog) }

    /// Runs the experiments of cells.
    nonisolated var experimenting: ExperimentRunning { ExperimentRunning(storage: storage, runner: exporter) }

    // MARK: - Turns

    /// A turn that is under way.
    struct UpdateTurn {
        var task: Task<Void, Never>?
        let progress: UpdateProgress
        /// Whether it was stopped because a cell took too long.
        var isLate = false
        /// Whether its cell is an experiment, and whether that is running: one at a time runs, and none takes a place of other cells.
        var isExperiment = false, isRunningExperiment = false
    }

    /// Begins the turns that there is room for, and stops those that take too long.
    func advanceUpdates() {
        stopLateUpdates()
        guard areUpdatesDue, !isStopping, uptime >= updateAfter else { return }
        areUpdatesDue = false
        do {
            let open = try catalog.readNow { try $0.notebookUpdates() }.filter { !settings.isFocused || focusedNotebooks.contains($0.notebookID) }
            let waiting = Dictionary(grouping: open.filter { updateTurns[$0.notebookID] == nil }, by: \.notebookID)
            let order = waiting.keys.sorted { (updatesServed[$0] ?? 0, waiting[$0]?[0].number ?? 0) < (updatesServed[$1] ?? 0, waiting[$1]?[0].number ?? 0) }
            for id in order where updateTurns.values.count(where: { !$0.isExperiment }) < Workbench.updateLanes { try beginTurn(of: id, waiting[id] ?? []) }
        } catch {
            tryUpdatesLater(error)
        }
    }

    private func tryUpdatesLater(_ error: any Error) {
        (areUpdatesDue, updateAfter) = (true, uptime + 2)
        notePassProblem(error, "cells of notebooks cannot be updated now, and this is tried again")
    }

    private func beginTurn(of id: String, _ open: [NotebookUpdateRecord]) throws {
        updateTurn += 1
        updatesServed = updatesServed.count > 1000 ? [:] : updatesServed
        updatesServed[id] = updateTurn
        let progress = UpdateProgress()
        updateTurns[id] = UpdateTurn(progress: progress)
        updateWatch.withLock { $0[id] = progress }
        updateTurns[id]?.task = Task.detached(priority: .utility) { await self.turn(of: id, open, progress) }
    }

    private func turn(of id: String, _ open: [NotebookUpdateRecord], _ progress: UpdateProgress) async {
        do {
            let cells = try await notebooks.document(id).state.cells.map(\.cell)
            let taken = try takeTurn(open, cells)
            guard !taken.isEmpty else { return turnEnded(of: id, nil) }
            if taken[0].cell.kind == .experiment, !(await waitForExperiments(id, taken[0].update.number, progress)) {
                try catalog.writeNow { try $0.count(startOfUpdates: [taken[0].update.number], by: -1) }
                return turnEnded(of: id, nil)
            }
            var resolver = CellResolver(views: checkedViews)
            resolver.notebook = id
            let updating = CellUpdating(catalog: catalog, resolver: resolver, query: { [self] in try await sql($0) }, sampling: sampling, experiments: experimenting, uptime: settings.uptime)
            let isGivenUp = taken[0].update.starts >= Workbench.mostStartsOfUpdate
            let (resolved, error) = isGivenUp ? ([], UpdateGivenUp(starts: taken[0].update.starts)) : await updating.resolve(taken, in: cells, progress)
            let shown = resolved + failure(of: taken, at: isGivenUp ? taken[0].update.number : progress.current?.number, error, isLate: updateTurns[id]?.isLate ?? false)
            try await notebooks.show(shown.map(NotebookKeeper.Shown.init), of: id, by: UpdateAuthor(taken[0].update))
            let ended = Set(shown.map(\.update.number))
            try catalog.writeNow { try $0.count(startOfUpdates: taken.map(\.update.number).filter { !ended.contains($0) }, by: -1) }
            turnEnded(of: id, shown.count > resolved.count || error is CancellationError ? nil : error)
        } catch {
            turnEnded(of: id, error)
        }
    }

    /// Waits until no other notebook runs an experiment; false if it was cancelled meanwhile.
    private func waitForExperiments(_ id: String, _ number: Int64, _ progress: UpdateProgress) async -> Bool {
        updateTurns[id]?.isExperiment = true
        // Whoever cancels it finds it; waiting has no limit.
        progress.begin(number, at: uptime, limit: .infinity)
        areUpdatesDue = true
        advanceUpdates()
        while !Task.isCancelled, updateTurns.values.contains(where: \.isRunningExperiment) { try? await Task.sleep(for: .milliseconds(100)) }
        guard !Task.isCancelled else { return false }
        updateTurns[id]?.isRunningExperiment = true
        return true
    }

    /// The cell at which a turn stopped, with the reason; none where the cell is not at fault and is taken again.
    private func failure(of taken: [CellUpdating.Wanted], at number: Int64?, _ error: (any Error)?, isLate: Bool) -> [CellUpdating.Resolved] {
        guard let error, let cell = taken.first(where: { $0.update.number == number }), isLate || !(error is CancellationError || ObstacleToWriting.isMachines(error)), !isStopping else { return [] }
        let (limit, remedy) = cell.cell.kind == .experiment ? (ExperimentRunning.timeLimit, "draws or samples") : (Workbench.updateLimit, "studies, models or runs")
        let words = isLate ? "This cell took longer than \(JSONNumber.text(limit)) s and was stopped: choose fewer \(remedy)." : ErrorSentence.of(error)
        return [CellUpdating.Resolved(update: cell.update, cell: cell.cell, output: .failed(words))]
    }

    private func turnEnded(of id: String, _ error: (any Error)?) {
        updateTurns[id] = nil
        updateWatch.withLock { $0[id] = nil }
        guard !isStopping else { return }
        areUpdatesDue = true
        if let error { tryUpdatesLater(error) } else { advanceUpdates() }
    }

    private func stopLateUpdates() {
        for (id, turn) in updateTurns where turn.progress.current.map({ uptime - $0.since > $0.limit }) ?? false && !turn.isLate {
            updateTurns[id]?.isLate = true
            turn.task?.cancel()
        }
    }

    /// The cells of a turn: as many as may be taken at once. One that may have ended the process before is taken alone, and at last no more.
    private func takeTurn(_ open: [NotebookUpdateRecord], _ cells: [Cell]) throws -> [CellUpdating.Wanted] {
        let known = Dictionary(cells.map { ($0.id.text, $0) }) { first, _ in first }
        let present = open.compactMap { update in known[update.cell].map { CellUpdating.Wanted(update: update, cell: $0) } }
        // What a cell about the others shows is known once these are updated.
        let others = present.filter { $0.cell.kind != .verification }, waiting = others.isEmpty ? present : others
        let isAlone = waiting.first.map { CellUpdating.isAlone($0.cell) || $0.update.starts > 0 } ?? false
        let taken = isAlone ? Array(waiting.prefix(1)) : Array(waiting.prefix { !CellUpdating.isAlone($0.cell) && $0.update.starts == 0 }.prefix(CellUpdating.mostCells))
        try catalog.writeNow { writer in
            try writer.count(startOfUpdates: taken.map(\.update.number), by: 1)
            for update in open where known[update.cell] == nil { _ = try writer.endUpdate(update.number) }
        }
        return taken
    }

    // MARK: - Telling

    private func tellOfUpdates(_ cells: [String], of id: String, by author: String) {
        guard !cells.isEmpty else { return }
        let data: JSONValue = .object(["notebook": .string(id), "cells": .array(cells.map { .string($0) }), "author": .string(author), "time": .number(now)])
        hub.publish("outputs", notebook: id, data: data.canonicalText)
    }
}

/// Whoever asked for an update, for the event that tells of its end.
private struct UpdateAuthor: AuditActor {
    let name: String
    let member: String?
    let address = ""
    let via = "queue"

    init(_ update: NotebookUpdateRecord) { (name, member) = (update.author, update.member) }
}

/// A cell whose update has outlasted several ends of the server.
private struct UpdateGivenUp: Error, CustomStringConvertible {
    let starts: Int

    var description: String { "The server ended \(starts) times while it updated this cell, and does not begin it again by itself. Update the cell once more, or choose fewer results." }
}
