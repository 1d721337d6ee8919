import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks
import Results

/// What the cells of a notebook show. Whether it is still so is computed from digests at each request, never stored.
extension API {
    func addNotebookOutputs(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/notebooks/{id}/outputs", "What every cell of a notebook shows, and whether the results have changed since.", needs: .viewer, load: .computing,
                query: [
                    QueryParameter(
                        "states", .word(OutputStates.allCases.map(\.rawValue)),
                        "all (default); none: only what is stored, at once, each with the state unchecked; only: the states, without what is stored.")
                ], answers: [.json(.cellOutputs)], problems: [.gone])
        ) { request, parameters in .json(try await outputs(parameters["id"], of: nil, request.query.first("states").flatMap(OutputStates.init) ?? .all)) }
        routes.add(
            Route(
                .get, "/notebooks/{id}/cells/{cell}/output", "What one cell shows, and whether the results have changed since.", needs: .viewer, load: .computing,
                answers: [.json(.cellOutput)], problems: [.gone])
        ) { _, parameters in
            let cell = parameters["cell"]
            guard let output = try await outputs(parameters["id"], of: [cell])["outputs"]?[cell] else {
                throw WorkbenchError.unknownCell(cell, notebook: parameters["id"])
            }
            return .json(output)
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/outputs",
                "Updates what cells show from the present results: all cells, or those that are named. Cells wait in a queue that is stored, and the answer for them, for as long as asked; those that are not done then are in the state running, and are updated whether or not somebody waits.",
                needs: .editor, query: [QueryParameter("wait", .integer(API.updateWaits), "Seconds to wait for the cells (default: 60).")],
                body: .json(.cellOutputsRequest, isRequired: false), answers: [.json(.cellOutputs)], problems: [.gone, .conflict, .serviceUnavailable])
        ) { request, parameters in
            let named = try API.namedCells(try await request.optionalJSON().value)
            let wait = try request.integer("wait", in: API.updateWaits) ?? API.updateWaits.upperBound
            return .json(try await update(parameters["id"], cells: named, wait: wait, for: request))
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/outputs/cancel",
                "Cancels the updates of cells that wait or are being made: of all cells, or of those that are named. The cells go on showing what they showed.", needs: .editor,
                load: .changing, body: .json(.cellOutputsRequest, isRequired: false), answers: [.json(.cellOutputs)], problems: [.gone])
        ) { request, parameters in
            let (id, named) = (parameters["id"], try API.namedCells(try await request.optionalJSON().value))
            let wanted = try API.cells(named, try await workbench.notebooks.document(id))
            try await workbench.cancelUpdates(named.map(Set.init), of: id, by: Visitor.current)
            return .json(try await outputs(id, of: Set(wanted.map(\.id.text))))
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/render", "What a cell would show with this source. Nothing is stored.", needs: .viewer, load: .computing,
                body: .json(.cellRenderRequest), answers: [.json(.cellOutput)], problems: [.gone])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            let cell = Cell(try fields.cellID("cell"), try fields.cellKind("kind"), source: try fields.string("source", maximumBytes: NotebookLimits.cellBytes))
            try fields.finish()
            return .json(
                try await catalog.read { [cells = cells(of: parameters["id"])] reader in
                    _ = try reader.openNotebook(parameters["id"])
                    return try cells.resolve(cell, citing: [], reader).json.adding("state", "none").adding("forms", [])
                })
        }
        addNotebookForms(to: &routes)
    }

    private func addNotebookForms(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/notebooks/{id}/cells/{cell}/forms/{form}", "A figure, a table or a picture that a cell shows, by its digest.", needs: .viewer,
                answers: API.forms, problems: [.gone])
        ) { _, parameters in
            let found = try await catalog.read { reader in
                let record = try reader.openNotebook(parameters["id"])
                guard let output = try reader.notebookOutputs(record.number)[parameters["cell"]] else { return nil as (bytes: [UInt8], type: String)? }
                return try NotebookOutputs.form(parameters["form"], ofOutput: output.output, reader)
            }
            return try formAnswer(found)
        }
        routes.add(
            Route(
                .get, "/notebooks/{id}/revisions/{revision}/cells/{cell}/forms/{form}", "The same of a revision, as it was pinned.", needs: .viewer.orShare(.revision),
                answers: API.forms)
        ) { _, parameters in
            let (id, digest) = (parameters["id"], parameters["revision"])
            let found = try await workbench.catalog.read { reader in
                guard let notebook = try reader.notebook(id) else { throw WorkbenchError.unknownNotebook(id) }
                guard let revision = try reader.notebookRevision(notebook.number, digest) else { throw WorkbenchError.unknownRevision(digest, notebook: id) }
                guard let output = try NotebookCommit(revision, of: id, reader).outputs[parameters["cell"]] else { return nil as (bytes: [UInt8], type: String)? }
                return try NotebookOutputs.form(parameters["form"], ofOutput: output.output, reader)
            }
            return try formAnswer(found)
        }
    }

    private static let forms: [RouteAnswer] = ["image/svg+xml", "image/png", "text/csv", "text/markdown", "text/html"].map { .content($0) } + [.json(.any)]

    private func formAnswer(_ found: (bytes: [UInt8], type: String)?) throws -> Response {
        guard let found else { throw ServerError(.notFound, code: "form-unknown", "The cell shows nothing with this digest any more; read its output again.") }
        var response = figureAnswer(found.bytes, found.type.hasPrefix("text/") ? "\(found.type); charset=utf-8" : found.type)
        // The digest names the bytes.
        response.headerFields[.cacheControl] = "private, max-age=31536000, immutable"
        return response
    }

    /// Resolves the cells of a notebook with what the visitor may read.
    func cells(of notebook: String) -> CellSource {
        var resolver = CellResolver(views: resolver, preview: { try self.preview($0, $1) })
        resolver.notebook = notebook
        return CellSource(resolver: resolver, memory: outputMemory)
    }

    /// - Parameter wanted: nil for all cells.
    private func outputs(_ id: String, of wanted: Set<String>?, _ states: OutputStates = .all) async throws -> JSONValue {
        let document = try await workbench.notebooks.document(id)
        let (now, underWay) = (workbench.settings.now(), workbench.updatesUnderWay)
        return try await catalog.read { [cells = cells(of: id), workbench] reader in
            try ReadMemo.during {
                let stored = try reader.notebookOutputs(document.record.number), updates = try reader.notebookUpdates(document.record.number)
                let cited = states == .none ? [] : try CellSource.cited(document.state.cells.map(\.cell), stored, reader)
                var found: [String: JSONValue] = [:]
                for entry in document.state.cells where wanted?.contains(entry.cell.id.text) ?? true {
                    try Task.checkCancellation()
                    let update = try updates[entry.cell.id.text].map { update in
                        let waitsFor = try underWay[update.number] == nil ? workbench.obstacle(to: update.number, of: id).map { try CellUpdate.words($0, in: id, reader) } : nil
                        return CellUpdate(update, underWay[update.number], waitsFor: waitsFor, now: now)
                    }
                    found[entry.cell.id.text] = try cells.present(entry.cell, stored[entry.cell.id.text], update, of: id, citing: cited, states, reader)
                }
                return .object(["outputs": .object(found)])
            }
        }
    }

    // MARK: Updates

    /// Seconds that a request waits for cells.
    private static let updateWaits = 0...60

    private static func namedCells(_ json: JSONValue) throws -> [String]? {
        var fields = try FieldReader(json)
        let named = try fields.optionalValue("cells") == .null ? nil : fields.optionalStrings("cells", count: 1...NotebookLimits.cells)
        try fields.finish()
        return named
    }

    /// The cells of these names, or all.
    private static func cells(_ named: [String]?, _ document: NotebookDocument) throws -> [Cell] {
        try named.map { names in
            try names.map { name in
                guard let cell = CellID(name).flatMap({ document.state[$0]?.cell }) else { throw WorkbenchError.unknownCell(name, notebook: document.record.id) }
                return cell
            }
        } ?? document.state.cells.map(\.cell)
    }

    /// Updates cells, and answers what they show after so many seconds. Plans are previewed at once, all other cells wait for their turn; who waits for them computes nothing.
    private func update(_ id: String, cells named: [String]?, wait: Int, for request: Request) async throws -> JSONValue {
        let wanted = try API.cells(named, try await workbench.notebooks.document(id)), plans = wanted.filter { $0.kind == .plan }
        if !plans.isEmpty { try await queues.compute(.changing, request) { try await updateNow(plans, of: id) } }
        let numbers = try await workbench.update(wanted.filter { $0.kind != .plan }, of: id, by: Visitor.current)
        try await request.client.whileWaiting { [workbench] in try await workbench.wait(forUpdates: numbers, seconds: wait) }
        return try await queues.compute(.computing, request) { try await outputs(id, of: Set(wanted.map(\.id.text))) }
    }

    /// Resolves cells now, and keeps what they show.
    func updateNow(_ wanted: [Cell], of id: String) async throws {
        guard !wanted.isEmpty else { return }
        let resolved = try await catalog.read { [cells = cells(of: id)] reader in
            try wanted.map { cell in
                try Task.checkCancellation()
                return try cells.resolve(cell, citing: [], reader)
            }
        }
        try await workbench.notebooks.show(resolved.map { NotebookKeeper.Shown($0.cell, $0.output) }, of: id, by: Visitor.current)
    }
}

/// A cell that is being updated, as it is shown.
struct CellUpdate {
    let json: JSONValue

    /// - Parameters:
    ///   - state: how far it is; nil while it waits for its turn.
    ///   - waitsFor: what it waits for, in words; nil where it is next.
    init(_ update: NotebookUpdateRecord, _ state: UpdateUnderWay?, waitsFor: String?, now: Double) {
        var fields: [String: JSONValue] = [
            "state": state == nil ? "queued" : "running", "asked": .number(update.asked), "author": .string(update.author),
            "elapsed": .number(state?.seconds ?? max(0, now - update.asked)),
        ]
        if let state { fields.merge(state.fields) { $1 } }
        if let waitsFor { fields["waits_for"] = .string(waitsFor) }
        json = .object(fields)
    }

    /// What an update of a notebook waits for.
    static func words(_ obstacle: UpdateObstacle, in notebook: String, _ reader: CatalogReader) throws -> String {
        switch obstacle {
        case .cell: return "other cells of this notebook"
        case .notebooks: return "cells of other notebooks"
        case .experiment(let name, let other, let before):
            let place = other == notebook ? "of this notebook" : "of the notebook “\(try reader.notebook(other)?.title ?? other)”"
            return "the experiment \(name) \(place)" + (before == 0 ? "" : ", and \(before) more before it")
        }
    }
}

/// Turns cells into outputs.
struct CellSource: Sendable {
    let resolver: CellResolver
    let memory: OutputMemory

    /// An output that was resolved now.
    struct Resolved: Sendable {
        let cell: Cell
        let output: CellOutput

        var json: JSONValue {
            .object([
                "html": .string(output.html), "forms": [], "expressions": .array(output.expressions.map(\.json)), "changes": [],
                "rests_on": .array(NotebookOutputs.restsOn(output.basis.json)), "missing": [], "address": .optional(output.address), "problem": .optional(output.problem),
                "shown_at": .null,
            ])
        }
    }

    /// - Parameter cited: the runs behind the other cells, for a cell about their verification.
    func resolve(_ cell: Cell, citing cited: [String], _ reader: CatalogReader) throws -> Resolved {
        do {
            return Resolved(cell: cell, output: try resolver.output(of: cell, fields: try cell.fields(), citing: cited, reader))
        } catch let error as NotebookError {
            var output = CellOutput()
            output.problem = "\(error)"
            return Resolved(cell: cell, output: output)
        }
    }

    /// The runs behind what the cells show, in the order of the cells; empty where no cell asks for them.
    static func cited(_ cells: [Cell], _ stored: [String: NotebookOutputRecord], _ reader: CatalogReader) throws -> [String] {
        cells.contains { $0.kind == .verification } ? try StoredOutput.citedRuns(of: cells, stored, reader) : []
    }

    /// What a cell shows now. One that is being updated shows what it showed, in the state running.
    func present(
        _ cell: Cell, _ stored: NotebookOutputRecord?, _ update: CellUpdate?, of notebook: String, citing cited: [String], _ states: OutputStates = .all, _ reader: CatalogReader
    ) throws -> JSONValue {
        guard let update else { return try present(cell, stored, of: notebook, citing: cited, states, reader) }
        let shown = try present(cell, stored, of: notebook, citing: cited, states == .all ? .none : states == .only && stored != nil ? .none : states, reader)
        return shown.adding("state", "running").adding("update", update.json)
    }

    /// What a cell shows now: what was stored, with its state; a text that was never shown is rendered.
    func present(
        _ cell: Cell, _ stored: NotebookOutputRecord?, of notebook: String, citing cited: [String], _ states: OutputStates = .all, _ reader: CatalogReader
    ) throws -> JSONValue {
        guard let stored, stored.source == cell.sourceDigest || cell.kind != .text else {
            guard cell.kind == .text else { return CellSource.nothing }
            // Its values are computed with the states.
            if states == .none { return Resolved(cell: cell, output: .unpinned(cell)).json.adding("state", "unchecked") }
            let shown = try resolve(cell, citing: [], reader)
            return shown.json.adding("state", shown.output.problem == nil ? "fresh" : "failed")
        }
        let urls = "\(RouteTable.prefix)/notebooks/\(notebook)/cells/\(cell.id.text)/forms"
        let isUnchanged = stored.source == cell.sourceDigest
        if states == .none {
            return try NotebookOutputs.shown(stored.output, at: stored.shown, urls: urls, memory, reader).adding("state", isUnchanged ? "unchecked" : "edited")
        }
        var json = states == .only ? try NotebookOutputs.shown(stored.output, at: stored.shown, urls: urls, memory, reader)
            : try NotebookOutputs.stored(stored.output, shown: stored.shown, urls: urls, reader)
        if states == .only { json = json.adding("html", "").adding("forms", []).adding("expressions", []) }
        guard isUnchanged else { return json.adding("state", "edited") }
        do {
            let basis = try resolver.basis(of: cell, fields: try cell.fields(), citing: cited, reader)
            guard basis.key(of: cell).hex != stored.key else { return json.adding("state", json["problem"] == .null ? "fresh" : "failed") }
            let changes = CellBasis.changes(from: try StoredOutput(stored.output, reader).basis, to: basis)
            return json.adding("state", "stale").adding("changes", .array(changes.map { .string($0) }))
        } catch is NotebookError { return json.adding("state", "failed") }
    }

    private static let nothing: JSONValue = [
        "state": "none", "html": "", "forms": [], "expressions": [], "changes": [], "rests_on": [], "missing": [], "address": .null, "problem": .null, "shown_at": .null,
    ]
}

/// Which part of the outputs a request is for.
enum OutputStates: String, CaseIterable {
    case all, none, only
}
