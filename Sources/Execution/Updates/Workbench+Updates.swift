import Canonical
package import Catalog
import Datasets
import Logging
package import Notebooks
import Results
import Storage
import Synchronization

/// Updates of cells: a row for each cell that is to be updated, so that neither a closed tab nor an ended server loses one. Turns of a few cells are resolved beside the queue of
/// runs, at most two at once, one for a notebook; the notebook that waited longest is next. The row goes with the output. Experiments have a turn of their own beside these, one
/// at a time: no other cell waits for them.
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
        // Another source has taken the place of what some wait for.
        ringUpdateWaiters()
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
        // What waited for those is told of another obstacle now.
        areUpdatesDue = true
        advanceUpdates()
        ringUpdateWaiters()
        tellOfUpdates(cancelled.map(\.cell).sorted(), of: id, by: actor.name)
    }

    /// Waits until none of these updates is open any more, at most so long.
    package func wait(forUpdates numbers: [Int64], seconds: Int) async throws {
        let (wanted, end, change) = (Set(numbers), ContinuousClock.now + .seconds(seconds), WakeUp())
        updateWaiters[ObjectIdentifier(change)] = change
        defer { updateWaiters[ObjectIdentifier(change)] = nil }
        while !wanted.isEmpty, .now < end, !isStopping, try catalog.readNow({ try $0.notebookUpdates() }).contains(where: { wanted.contains($0.number) }) {
            // The end of a turn rings; a notebook may also be deleted meanwhile.
            await withTaskCancellationHandler { await change.wait(atMost: min(.seconds(1), ContinuousClock.now.duration(to: end))) } onCancel: { change.ring() }
            try Task.checkCancellation()
        }
    }

    private func ringUpdateWaiters() {
        for waiter in updateWaiters.values { waiter.ring() }
    }

    /// How far each update is that is being made, by its number.
    package nonisolated var updatesUnderWay: [Int64: UpdateUnderWay] {
        let time = settings.uptime()
        return updateWatch.withLock { $0.turns }.values.reduce(into: [:]) { found, progress in
            if let (number, state) = progress.state(at: time) { found[number] = state }
        }
    }

    /// What an update waits for that is not being made; nil where it is next.
    package nonisolated func obstacle(to number: Int64, of notebook: String) -> UpdateObstacle? {
        updateWatch.withLock { watch in
            if watch.experiments.contains(number) {
                guard let running = watch.running, let place = watch.experiments.filter({ $0 != running.number }).firstIndex(of: number) else { return nil }
                return .experiment(running.experiment, notebook: running.notebook, before: place)
            }
            if watch.turns[.cells(of: notebook)] != nil { return .cell }
            return watch.turns.keys.count(where: { $0 != .experiments }) >= Workbench.updateLanes ? .notebooks : nil
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
    }

    /// Begins the turns that there is room for, and stops those that take too long.
    func advanceUpdates() {
        stopLateUpdates()
        guard areUpdatesDue, !isStopping, uptime >= updateAfter else { return }
        areUpdatesDue = false
        do {
            let open = try catalog.readNow { try $0.notebookUpdates() }
            experimentUpdates.formIntersection(open.map(\.number))
            stopUnwantedExperiment(open)
            let (experiments, others) = divided(open.filter { !settings.isFocused || focusedNotebooks.contains($0.notebookID) })
            let waiting = Dictionary(grouping: others.filter { updateTurns[.cells(of: $0.notebookID)] == nil }) { UpdateLane.cells(of: $0.notebookID) }
            let order = waiting.keys.sorted { (updatesServed[$0] ?? 0, waiting[$0]?[0].number ?? 0) < (updatesServed[$1] ?? 0, waiting[$1]?[0].number ?? 0) }
            for lane in order where updateTurns.keys.count(where: { $0 != .experiments }) < Workbench.updateLanes { beginTurn(lane, waiting[lane] ?? []) }
            updateWatch.withLock { $0.experiments = experiments.map(\.number) }
            if updateTurns[.experiments] == nil, !experiments.isEmpty { beginTurn(.experiments, experiments) }
        } catch {
            tryUpdatesLater(error)
        }
    }

    /// The updates of experiments, in the order in which they run (the notebook that has waited longest first), and all others.
    private func divided(_ open: [NotebookUpdateRecord]) -> (experiments: [NotebookUpdateRecord], others: [NotebookUpdateRecord]) {
        var places: [String: Int] = [:], experiments: [(turn: Int, update: NotebookUpdateRecord)] = []
        for update in open where experimentUpdates.contains(update.number) {
            experiments.append((places[update.notebookID, default: 0], update))
            places[update.notebookID, default: 0] += 1
        }
        // One of each notebook, then the second of each.
        func rank(_ one: (turn: Int, update: NotebookUpdateRecord)) -> (Int, Int, Int64) { (one.turn, experimentsServed[one.update.notebookID] ?? 0, one.update.number) }
        let order = experiments.sorted { rank($0) < rank($1) }.map(\.update)
        return (order, open.filter { !experimentUpdates.contains($0.number) })
    }

    /// Ends the experiment of a cell that was edited and asked for anew: nobody waits for it.
    private func stopUnwantedExperiment(_ open: [NotebookUpdateRecord]) {
        guard let turn = updateTurns[.experiments], let current = turn.progress.current, !open.contains(where: { $0.number == current.number }) else { return }
        turn.task?.cancel()
    }

    private func tryUpdatesLater(_ error: any Error) {
        (areUpdatesDue, updateAfter) = (true, uptime + 2)
        notePassProblem(error, "cells of notebooks cannot be updated now, and this is tried again")
    }

    private func beginTurn(_ lane: UpdateLane, _ open: [NotebookUpdateRecord]) {
        updateTurn += 1
        updatesServed = updatesServed.count > 1000 ? [:] : updatesServed
        updatesServed[lane] = updateTurn
        let progress = UpdateProgress()
        updateTurns[lane] = UpdateTurn(progress: progress)
        updateWatch.withLock { $0.turns[lane] = progress }
        updateTurns[lane]?.task = Task.detached(priority: .utility) { await self.turn(lane, open, progress) }
    }

    private func turn(_ lane: UpdateLane, _ open: [NotebookUpdateRecord], _ progress: UpdateProgress) async {
        do {
            // Of experiments the first one alone; the others have their turn when it has ended.
            guard let id = open.first?.notebookID else { return turnEnded(lane, nil) }
            let cells = try await notebooks.document(id).state.cells.map(\.cell)
            let taken = try lane == .experiments ? takeExperiment(open[0], cells, progress) : takeTurn(open, cells)
            guard let first = taken.first else { return turnEnded(lane, nil) }
            var resolver = CellResolver(views: checkedViews)
            resolver.notebook = id
            let updating = CellUpdating(
                catalog: catalog, resolver: resolver, query: { [self] in try await sql($0) }, sampling: sampling, experiments: experimenting, uptime: settings.uptime,
                told: { [self] in tell(of: progress, cell: first.cell.id.text, of: id) })
            let isGivenUp = first.update.starts >= Workbench.mostStartsOfUpdate
            let (resolved, error) = isGivenUp ? ([], UpdateGivenUp(starts: first.update.starts)) : await updating.resolve(taken, in: cells, progress)
            let shown = resolved + failure(of: taken, at: isGivenUp ? first.update.number : progress.current?.number, error, isLate: updateTurns[lane]?.isLate ?? false)
            try await notebooks.show(shown.map(NotebookKeeper.Shown.init), of: id, by: UpdateAuthor(first.update))
            let ended = Set(shown.map(\.update.number))
            try catalog.writeNow { try $0.count(startOfUpdates: taken.map(\.update.number).filter { !ended.contains($0) }, by: -1) }
            turnEnded(lane, shown.count > resolved.count || error is CancellationError ? nil : error)
        } catch {
            turnEnded(lane, error)
        }
    }

    /// The cell at which a turn stopped, with the reason; none where the cell is not at fault and is taken again.
    private func failure(of taken: [CellUpdating.Wanted], at number: Int64?, _ error: (any Error)?, isLate: Bool) -> [CellUpdating.Resolved] {
        guard let error, let cell = taken.first(where: { $0.update.number == number }), isLate || !(error is CancellationError || ObstacleToWriting.isMachines(error)), !isStopping else { return [] }
        let (limit, remedy) = cell.cell.kind == .experiment ? (ExperimentRunning.timeLimit, "draws or samples") : (Workbench.updateLimit, "studies, models or runs")
        let words = isLate ? "This cell took longer than \(JSONNumber.text(limit)) s and was stopped: choose fewer \(remedy)." : ErrorSentence.of(error)
        return [CellUpdating.Resolved(update: cell.update, cell: cell.cell, output: .failed(words))]
    }

    private func turnEnded(_ lane: UpdateLane, _ error: (any Error)?) {
        updateTurns[lane] = nil
        updateWatch.withLock { watch in
            watch.turns[lane] = nil
            if lane == .experiments { watch.running = nil }
        }
        ringUpdateWaiters()
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

    /// An experiment for its turn; none if its cell has become another one, which then has its turn among the others.
    private func takeExperiment(_ update: NotebookUpdateRecord, _ cells: [Cell], _ progress: UpdateProgress) throws -> [CellUpdating.Wanted] {
        guard let cell = cells.first(where: { $0.id.text == update.cell }), cell.kind == .experiment else {
            experimentUpdates.remove(update.number)
            return []
        }
        let isWanted = try catalog.writeNow { writer -> Bool in
            guard try writer.reader.notebookUpdates().contains(where: { $0.number == update.number }) else { return false }
            try writer.count(startOfUpdates: [update.number], by: 1)
            return true
        }
        guard isWanted else { return [] }
        // From here on whoever cancels it finds it.
        progress.begin(update.number, at: uptime, limit: .infinity)
        let id = update.notebookID
        if experimentsServed.count > 1000 { experimentsServed = [:] }
        experimentsServed[id] = updateTurn
        updateWatch.withLock { $0.running = (update.number, id, (try? cell.fields())?["experiment"]?.stringValue ?? "") }
        return [CellUpdating.Wanted(update: update, cell: cell)]
    }

    /// The cells of a turn: as many as may be taken at once. One that may have ended the process before is taken alone, and at last no more. Experiments are left to their own turn.
    private func takeTurn(_ open: [NotebookUpdateRecord], _ cells: [Cell]) throws -> [CellUpdating.Wanted] {
        let known = Dictionary(cells.map { ($0.id.text, $0) }) { first, _ in first }
        let all = open.compactMap { update in known[update.cell].map { CellUpdating.Wanted(update: update, cell: $0) } }
        experimentUpdates.formUnion(all.filter { $0.cell.kind == .experiment }.map(\.update.number))
        let present = all.filter { $0.cell.kind != .experiment }
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

    /// Tells those who have the notebook open how far a cell is.
    nonisolated private func tell(of progress: UpdateProgress, cell: String, of id: String) {
        guard let (_, state) = progress.state(at: settings.uptime()) else { return }
        let data = state.fields.merging(["notebook": .string(id), "cell": .string(cell), "elapsed": .number(state.seconds)]) { $1 }
        hub.publish("update", notebook: id, isVolatile: true, data: JSONValue.object(data).canonicalText)
    }

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
