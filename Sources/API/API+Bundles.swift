import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results
import Storage

/// Bundles: a run or a study as one file, and taking such files in (docs/archives.md).
extension API {
    private static let bundleChoice = [QueryParameter("checkpoints", .word(BundledCheckpoints.allCases.map(\.rawValue)), "The checkpoints of each run: chosen (default: the last and the best), none, last, best or all.")]

    func addBundles(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/runs/{id}/bundle.zip", "Returns a run that has ended as a bundle: one file that reads without a server and can be verified and imported.", needs: .viewer, load: .changing,
                query: API.bundleChoice, answers: [.file("application/zip")], problems: API.made + [.conflict])
        ) { request, parameters in
            guard try await catalog.read({ try run(parameters, $0) }).state.isFinal else { throw WorkbenchError.notEnded(parameters["id"]) }
            return try await bundle(.run(parameters["id"]), "run-\(parameters["id"])", request)
        }
        routes.add(
            Route(
                .get, "/studies/{id}/bundle.zip", "Returns a study whose runs have ended as a bundle: one file that reads without a server and can be verified and imported.", needs: .viewer, load: .changing,
                query: API.bundleChoice, answers: [.file("application/zip")], problems: API.made + [.conflict])
        ) { request, parameters in
            guard try await catalog.read({ try $0.study(parameters["id"]) }) != nil else { throw WorkbenchError.unknownStudy(parameters["id"]) }
            if try await catalog.read({ try $0.hasUnfinishedRuns(study: parameters["id"]) }) { throw WorkbenchError.studyNotEnded(parameters["id"]) }
            return try await bundle(.study(parameters["id"]), "study-\(parameters["id"])", request)
        }
        routes.add(
            Route(
                .post, "/imports", "Takes in a bundle that lies in the storage's folder for imports, and removes it there. The command fidelio import puts it there.", needs: .owner, load: .changing,
                body: .json(.closed(["file": .pattern(API.importName)], optional: [:])), answers: [.json(.importReport)], problems: API.made)
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value)
            let name = try fields.string("file", maximumBytes: 80)
            guard try name.wholeMatch(of: Regex(API.importName)) != nil else { throw fields.error("file", "is not the name of a file in the folder for imports") }
            try fields.finish()
            let path = "\(workbench.storage.imports)/\(name)"
            defer { try? FileSystem.remove(path) }
            let report = try await workbench.take(bundle: path, by: Visitor.current)
            return .json(report.json)
        }
    }

    private static let importName = "^[0-9a-f]{16}\\.zip$"

    private func bundle(_ subject: BundleExport.Subject, _ name: String, _ request: Request) async throws -> Response {
        let checkpoints = request.query.first("checkpoints").flatMap(BundledCheckpoints.init) ?? .chosen
        let (storage, models) = (workbench.storage, planner.models)
        let export = try await catalog.read { try BundleExport(subject, checkpoints: checkpoints, storage: storage, models: models, $0) }
        try FileSystem.makeFolder(storage.exports, mode: 0o700)
        let path = "\(storage.exports)/bundle-\(name)-\(checkpoints.rawValue).zip"
        let report = try export.write(to: path)
        var response = Response.file(FileBody(path: path, contentType: "application/zip", entityTag: EntityTag(report.digest), downloadName: "fidelio-\(name).zip"))
        response.headerFields[.cacheControl] = "private, no-cache"
        return response
    }
}
