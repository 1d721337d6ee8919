import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks
import Results

/// Proofs of notebooks: the runs that a revision cites are rerun, its cells drawn again, and every digest compared.
extension API {
    func addNotebookProofs(to routes: inout RouteTable) {
        routes.add(
            Route(
                .post, "/notebooks/{id}/proofs",
                "Proves the present document, as a revision: reruns the runs that it cites (all, or a sample by a seed), draws its cells again, and compares every digest. A proof of the same revision that was asked for in the same words and has not ended is returned, not begun again.",
                needs: .editor, load: .changing, body: .json(.proofRequest, isRequired: false, example: [:]),
                answers: [
                    .json(.proof, status: .created, "The proof that was begun.").making("/notebooks/{id}/proofs/{number:int}", at: "/number"), .json(.proof, "The proof that is being made."),
                ], problems: [.gone, .conflict])
        ) { request, parameters in
            let asked = try ProofRequest(reading: try await request.optionalJSON().value)
            try await pinTexts(parameters["id"])
            let (proof, isNew) = try await workbench.prove(parameters["id"], asked, by: Visitor.current)
            var response = Response.json(try await json(proof), status: isNew ? .created : .ok)
            response.headerFields[.location] = "/api/v1/notebooks/\(proof.notebookID)/proofs/\(proof.number)"
            return response
        }
        routes.add(
            Route(
                .get, "/notebooks/{id}/proofs", "The proofs of a notebook, newest first: at most 100.", needs: .viewer, load: .reading, answers: [.json(.proofList)],
                problems: [.gone])
        ) { _, parameters in
            .json([
                "proofs": .array(
                    try await catalog.read { reader in
                        try reader.notebookProofs(reader.openNotebook(parameters["id"]).number, limit: 100).map(ProofJSON.listed)
                    })
            ])
        }
        routes.add(
            Route(
                .get, "/notebooks/{id}/proofs/{number:int}",
                "A proof: the verdict of each cell and of each run with what differs first, and while it is being made how far it is.", needs: .viewer, load: .reading,
                answers: [.json(.proof)], problems: [.gone])
        ) { _, parameters in
            let (id, number) = (parameters["id"], Int(parameters["number"]) ?? 0)
            let found = try await catalog.read { reader in try reader.notebookProof(reader.openNotebook(id).number, number) }
            guard let found else { throw WorkbenchError.unknownProof(number, notebook: id) }
            return .json(try await json(found))
        }
        routes.add(
            Route(
                .post, "/notebooks/{id}/proofs/{number:int}/cancel", "Cancels a proof: its reruns are stopped, what was compared is kept.", needs: .editor,
                answers: [.json(.proof)], problems: [.gone, .conflict])
        ) { _, parameters in
            let id = try await catalog.read { try $0.openNotebook(parameters["id"]).id }
            return .json(try await json(try await workbench.cancelProof(id, Int(parameters["number"]) ?? 0, by: Visitor.current)))
        }
    }

    /// A proof, and which of its cells have changed since.
    private func json(_ proof: NotebookProofRecord) async throws -> JSONValue {
        let document = try await workbench.notebooks.document(proof.notebookID)
        return try await catalog.read { reader in
            let outputs = try reader.notebookOutputs(document.record.number)
            return try ProofJSON.full(proof, now: document.state.cells.map { ($0.cell, outputs[$0.cell.id.text]?.output) }, reader)
        }
    }
}
