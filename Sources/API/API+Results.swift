import Archives
import Canonical
import Catalog
import Codecs
import Execution
import HTTPServer
import HTTPTypes
import Results
import Storage
import Training

/// The results of a run: metrics, evaluations, grids, checkpoints, log.
extension API {
    func addResults(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/runs/{id}/metrics", "Returns the training metrics of a run.", needs: .viewer.orShare(.run), load: .reading, query: [
                    QueryParameter("names", .names(1...1000), "Comma-separated names of metrics (default: all)."),
                    QueryParameter("max_points", .integer(2...1_000_000), "Maximum number of steps; longer series are downsampled (default: 2000)."),
                ], answers: [.json(.metricTable)])
        ) { request, parameters in
            try await metrics(request, parameters)
        }
        routes.add(
            Route(
                .get, "/runs/{id}/evaluations", "Lists the evaluations of a run.", needs: .viewer.orShare(.run), load: .reading, answers: [.json(.array(.evaluation))])
        ) { _, parameters in
            .json(
                try await catalog.read { reader in
                    .array(try reader.evaluations(ofRun: try run(parameters, reader).number).map(RunJSON.evaluation))
                })
        }
        routes.add(
            Route(
                .get, "/runs/{id}/samples", "Lists the sample grids of a run.", needs: .viewer.orShare(.run), load: .reading, answers: [.json(.array(.sampleGrid))])
        ) { _, parameters in
            .json(
                try await catalog.read { reader in
                    let run = try run(parameters, reader)
                    return .array(try reader.samples(ofRun: run.number).map { RunJSON.sample($0, run: run.id) })
                })
        }
        routes.add(
            Route(
                .get, "/runs/{id}/samples/{step:int}.png", "Returns a sample grid as an image.", needs: .viewer.orShare(.run), answers: [.file("image/png")])
        ) { _, parameters in
            try await samplePicture(parameters)
        }
        routes.add(
            Route(
                .get, "/runs/{id}/checkpoints", "Lists the checkpoints of a run.", needs: .viewer.orShare(.run), load: .reading, answers: [.json(.array(.checkpoint))])
        ) { _, parameters in
            .json(try await catalog.read { try checkpoints(try run(parameters, $0), $0) })
        }
        routes.add(
            Route(
                .get, "/checkpoints/{digest}.npz", "Returns a checkpoint as a NumPy archive.", needs: .viewer.orShare(.archive), answers: [.file("application/zip")])
        ) { _, parameters in
            try await checkpointFile(parameters["digest"])
        }
        routes.add(
            Route(
                .get, "/runs/{id}/log", "Returns the log output of a run's worker.", needs: .viewer, answers: [.file("text/plain")])
        ) { _, parameters in
            let id = try await catalog.read { try run(parameters, $0).id }
            let path = workbench.storage.run(id).log
            guard FileSystem.exists(path) else { return .text("") }
            return .file(FileBody(path: path, contentType: "text/plain; charset=utf-8"))
        }
    }

    func addCheckpoints(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/checkpoints", "Lists the checkpoints of all runs, filtered, sorted, and paginated.", needs: .viewer, load: .reading,
                query: QueryParameter.list("model = 'wgan' and final = true", order: "-bytes"), answers: [.json(.checkpointPage)])
        ) { request, _ in
            let query = try request.listQuery(.checkpoints, newestFirst: "-created")
            return .json(try await catalog.read { try listCheckpoints(try $0.checkpoints(query), $0) })
        }
    }

    private func listCheckpoints(_ page: ListPage<ListedCheckpoint>, _ reader: CatalogReader) throws -> JSONValue {
        let evaluations = try Set(page.entries.map(\.number)).reduce(into: [:]) { $0[$1] = try reader.evaluations(ofRun: $1) }
        let best = try Set(page.entries.map(\.run)).reduce(into: [String: Int]()) { found, id in
            let run = try reader.requiredRun(id)
            found[id] = try? BestCheckpoint.of(run, reader.checkpoints(ofRun: run.number), evaluations[run.number] ?? []).checkpoint.step
        }
        let values = evaluations.mapValues(RunJSON.valuesByStep)
        let checkpoints = page.entries.map {
            RunJSON.checkpoint($0, values: values[$0.number]?[$0.checkpoint.step] ?? [:], isBest: best[$0.run] == $0.checkpoint.step)
        }
        return .object([
            "checkpoints": .array(checkpoints), "total": .count(page.total), "next_page_token": .optional(page.nextPageToken),
        ])
    }

    private func metrics(_ request: Request, _ parameters: RouteParameters) async throws -> Response {
        let names = request.names("names")
        let limit = try request.integer("max_points", in: 2...1_000_000) ?? 2000
        return .json(
            try await catalog.read { reader in
                let all = try reader.metrics(ofRun: try run(parameters, reader).number, names: names)
                let shown = all.decimated(to: limit)
                var fields = RunJSON.metrics(shown)
                fields["points"] = .count(all.steps.count)
                fields["shown"] = .count(shown.steps.count)
                return .object(fields)
            })
    }

    private func samplePicture(_ parameters: RouteParameters) async throws -> Response {
        let step = parameters.integer("step")
        let (id, sample) = try await catalog.read { reader in
            let run = try run(parameters, reader)
            return (run.id, try reader.sample(ofRun: run.number, step: step))
        }
        guard let sample else {
            throw ServerError(.notFound, code: "sample-unknown", "run \(id) has no samples at step \(step)")
        }
        let path = workbench.storage.run(id).path + "/" + sample.file
        try await verified.check(path, has: sample.digest, or: { ServerError(.internalServerError, code: "samples-damaged", "The sample grid of run \(id) at step \(step) is damaged: \($0)") }) {
            do {
                let digest = Digest.sha256(try PNG.decode(try FileSystem.read(path, limit: 1 << 28)).pixels).hex
                return digest == sample.digest ? nil : "its pixels have the digest \(digest), but should have \(sample.digest). Rerun the run, or restore the file from a backup"
            } catch {
                return "\(error)"
            }
        }
        var response = Response.file(
            FileBody(
                path: path, contentType: "image/png", entityTag: EntityTag(sample.digest)))
        // A step of a run always has the same image: equal specifications give identical bits.
        response.headerFields[.cacheControl] = "private, max-age=86400"
        return response
    }

    private func checkpoints(_ run: RunRecord, _ reader: CatalogReader) throws -> JSONValue {
        let (evaluations, known) = (try reader.evaluations(ofRun: run.number), try reader.checkpoints(ofRun: run.number))
        let deleted = try reader.deletedCheckpoints(ofRun: run.number)
        let (values, best) = (RunJSON.valuesByStep(evaluations), try? BestCheckpoint.of(run, known.filter { !deleted.contains($0.step) }, evaluations).checkpoint.step)
        return .array(
            known.map { checkpoint in
                let json = RunJSON.checkpoint(checkpoint, values: values[checkpoint.step] ?? [:], isBest: checkpoint.step == best)
                return deleted.contains(checkpoint.step) ? json.adding("deleted", true) : json
            })
    }

    /// An archive by digest, with a readable file name from the run that wrote it first.
    private func checkpointFile(_ digest: String) async throws -> Response {
        let (run, step) = try await source(ofCheckpoint: digest)
        let path = try workbench.storage.archive(digest)
        try await checkArchive(digest, at: path)
        var response = Response.file(
            FileBody(
                path: path, contentType: "application/zip", entityTag: EntityTag(digest),
                downloadName: "\(run.model)-\(run.dataset)-seed-\(run.seed)-step-\(step).npz"))
        response.headerFields[.cacheControl] = "private, max-age=31536000, immutable"
        return response
    }

    /// Compares an archive with the digest that it is served under: clients cache it forever.
    func checkArchive(_ digest: String, at path: String) async throws {
        let store = workbench.storage.archives
        @Sendable func damaged(_ problem: String) -> ServerError {
            ServerError(
                .internalServerError, code: "archive-damaged",
                "The checkpoint \(digest) is damaged: \(problem). Restore it from a backup, or rerun its run: the same specification gives the same bytes.")
        }
        try await verified.check(path, has: digest, or: damaged) {
            do {
                _ = try ArchiveStore(root: store).read(Digest(hex: digest))
                return nil
            } catch {
                // Clients are not told where the file is on this machine.
                return "\(error)".replacing(store + "/", with: "")
            }
        }
    }
}
