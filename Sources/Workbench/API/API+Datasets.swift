import Canonical
import Catalog
import Datasets
import Dispatch
import HTTPServer
import HTTPTypes

extension API {
    func addDatasets(to routes: inout RouteTable) {
        routes.add(Route(.get, "/datasets", "The data sets that Fidelio knows, added or not.", needs: .viewer, answers: [.json(.array(.dataset))])) {
            _, _ in .json(.array(planner.datasets.list().map(DatasetJSON.status)))
        }
        routes.add(
            Route(
                .post, "/datasets", "Takes the files of a data set from a folder of the server's machine.", needs: .owner,
                body: .json(.datasetRequest), answers: [.json(.dataset, status: .created)], problems: [.insufficientStorage])
        ) { request, _ in try await addDataset(request) }
    }

    /// Takes files of this machine into the store, under a name of one's own where the program does not know it; for the owner alone, because it reads what the server may read.
    private func addDataset(_ request: Request) async throws -> Response {
        var fields = try FieldReader(try await request.json().value)
        let name = try fields.string("name")
        let folder = try fields.string("from")
        try fields.finish()
        let datasets = planner.datasets
        let isKnown = DatasetDescription.all.contains { $0.name == name }
        // Files are no transaction: the line comes before they are touched, and a failure has one of its own.
        try await audit("add", "data set \(name)", detail: "from \(folder)")
        do {
            let status = try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try isKnown ? datasets.add(name, from: folder) : datasets.add(own: OwnDataset(name: name, path: folder)) })
                }
            }
            return .json(DatasetJSON.status(status), status: .created)
        } catch {
            try await audit("add-failed", "data set \(name)", detail: String("\(error)".prefix(200)))
            throw error
        }
    }
}
