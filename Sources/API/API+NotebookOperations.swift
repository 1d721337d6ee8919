import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks

/// Editing together: operations, and who is where.
extension API {
    /// Operations of one page of the log.
    private static let mostOperationsListed = 1000

    func addNotebookOperations(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/notebooks/{id}/operations",
                "Changes a notebook by operations. They are durable before the answer; the same client, counter and operations again are answered the same.", needs: .editor,
                body: .json(.notebookOperations, limit: API.largestNotebookBody), answers: [.json(.notebookResults)], problems: [.gone, .conflict])
        ) { request, parameters in try await operate(request, parameters["id"]) }
        routes.add(
            Route(
                .get, "/notebooks/{id}/operations", "The accepted operations after a number, in their order: at most 1000; `sequence` is the last one of the notebook.",
                needs: .viewer, load: .reading, query: [QueryParameter("since", .count, "The number of the last operation that the client has.", isRequired: true)],
                answers: [.json(.notebookLog)], problems: [.gone])
        ) { request, parameters in
            let since = try request.integer("since", in: 0...Int.max) ?? 0
            return .json(
                try await catalog.read { reader in
                    let record = try reader.openNotebook(parameters["id"])
                    guard since >= record.pruned else { throw WorkbenchError.operationsPruned(since: since, first: record.pruned + 1) }
                    let operations = try reader.notebookOperations(record.number, after: since, limit: API.mostOperationsListed)
                    return .object(["sequence": .count(record.sequence), "operations": .array(operations.map(\.json))])
                })
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/presence", "Tells the others who have the notebook open where one is. Nothing is stored.", needs: .viewer,
                body: .json(.notebookPresence), answers: [.nothing], problems: [.gone])
        ) { request, parameters in
            var fields = try FieldReader(try await request.json().value)
            let client = try API.client(&fields)
            let cell = try fields.optionalValue("cell").flatMap { $0 == .null ? nil : try API.cell($0) }
            let editing = try fields.optionalBool("editing") ?? false
            let leaving = try fields.optionalBool("leaving") ?? false
            try fields.finish()
            let id = try await catalog.read { try $0.openNotebook(parameters["id"]).id }
            workbench.notebooks.present(
                .object([
                    "notebook": .string(id), "client": .string(client), "author": .string(Visitor.current.name), "cell": .optional(cell?.text), "editing": .bool(editing),
                    "leaving": .bool(leaving),
                ]), in: id)
            return .noContent()
        }
    }

    private func operate(_ request: Request, _ id: String) async throws -> Response {
        let (value, digest) = try await request.json(upTo: API.largestNotebookBody)
        var fields = try FieldReader(value)
        let client = try API.client(&fields)
        let counter = try fields.integer("counter", in: 0...1 << 53)
        let given = try fields.array("operations", count: NotebookKeeper.operations)
        try fields.finish()
        let operations = try given.enumerated().map { place, json in
            let operation = try NotebookOperation(json: json, path: "operations[\(place)]")
            // How the text is laid out is known to whoever has the text.
            if case .format = operation { throw FieldError(path: "operations[\(place)].operation", problem: .rule("'format' is made of a text by PUT only")) }
            // Stored notebooks may have titles from before this rule, so it is one of requests.
            if case .retitle(let title, _, _) = operation { _ = try NotebookProblems.title(title, field: "operations[\(place)].title") }
            return operation
        }
        return .json(try await workbench.notebooks.apply(NotebookRequest(client: client, counter: counter, operations: operations, digest: digest), to: id, by: Visitor.current))
    }

    private static func client(_ fields: inout FieldReader) throws -> String {
        let client = try fields.string("client", maximumBytes: CellID.longest)
        guard CellID(client) != nil else { throw fields.error("client", "is not 1 to 64 ASCII letters, digits, - and _") }
        return client
    }

    private static func cell(_ value: JSONValue) throws -> CellID {
        guard let cell = value.stringValue.flatMap(CellID.init) else {
            throw FieldError(path: "cell", problem: .rule("is not an id of 1 to 64 ASCII letters, digits, - and _"))
        }
        return cell
    }
}
