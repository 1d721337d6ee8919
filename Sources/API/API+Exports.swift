import Access
import Canonical
import Catalog
import Datasets
import Execution
import HTTPServer
import HTTPTypes
import Results
import Storage
import Training

/// What others need to reproduce results: samples, features, states, data, encoders, protocols (docs/reproduction.md).
extension API {
    private static let range = [
        QueryParameter("count", .integer(SampleRange.counts), "Number of samples (default: 64)."),
        QueryParameter("start", .integer(SampleRange.starts), "Index of the first sample in the latent stream (default: 0)."),
        QueryParameter(
            "stream", .word(SampleRange.Stream.allCases.map(\.rawValue)), "Latent stream: that of evaluations (default) or that of sample grids."),
    ]
    static let made: [HTTPResponse.Status] = [.unprocessableContent, .insufficientStorage, .serviceUnavailable, .internalServerError]

    func addExports(to routes: inout RouteTable) {
        addGenerated(to: &routes)
        addExamples(to: &routes)
        addLatents(to: &routes)
        addData(to: &routes)
        routes.add(
            Route(
                .get, "/runs/{id}/initial.npz", "Returns the initial state of a run as a checkpoint of step 0.", needs: .viewer.orShare(.run),
                answers: [.file("application/zip")], problems: API.made)
        ) { _, parameters in
            let record = try await catalog.read { try run(parameters, $0) }
            return try await file(.initial(specification: JSONValue(parsing: record.specification)), "\(name(of: record))-step-0.npz")
        }
        routes.add(
            Route(
                .get, "/runs/{id}/protocols", "Returns the evaluation protocols of a run: the canonical JSON behind each protocol digest.", needs: .viewer.orShare(.run),
                answers: [.json(.array(.evaluationProtocol))])
        ) { _, parameters in
            .json(.array(try await catalog.read { try RunProtocols.json(try run(parameters, $0), $0) }))
        }
    }

    private func addGenerated(to routes: inout RouteTable) {
        let kinds: [(String, String, String, @Sendable (Digest, SampleRange) -> Export)] = [
            ("samples.npz", "application/zip", "Generates samples from a checkpoint and returns them with their latents.", { .samples(checkpoint: $0, $1) }),
            ("samples.png", "image/png", "Generates samples from a checkpoint as one image grid (at most 1024 samples).", { .picture(checkpoint: $0, $1) }),
            ("samples.zip", "application/zip", "Generates samples from a checkpoint and returns each as a PNG file, in a zip archive (at most 10,000 samples).", { .pictures(checkpoint: $0, $1) }),
            ("features.npz", "application/zip", "Generates samples from a checkpoint and returns their features, by the feature extractor of the run's evaluations.", { .features(checkpoint: $0, $1) }),
        ]
        for (file, type, summary, export) in kinds {
            routes.add(
                Route(
                    .get, "/checkpoints/{digest}/\(file)", summary, needs: .viewer.orShare(.archive), query: API.range, answers: [.file(type)], problems: API.made)
            ) { request, parameters in
                let (run, step) = try await source(ofCheckpoint: parameters["digest"])
                try await checkArchive(parameters["digest"], at: workbench.storage.archive(parameters["digest"]))
                let range = SampleRange(
                    stream: request.query.first("stream").flatMap(SampleRange.Stream.init) ?? .evaluation,
                    start: try request.integer("start", in: SampleRange.starts) ?? 0, count: try request.integer("count", in: SampleRange.counts) ?? 64)
                return try await self.file(export(try Digest(hex: parameters["digest"]), range), "\(name(of: run))-step-\(step)-\(file)", type)
            }
        }
    }

    private func addData(to routes: inout RouteTable) {
        let kinds: [(String, String, String, @Sendable (String, Digest) -> Export)] = [
            ("arrays.npz", "application/zip", "Returns a data set as NumPy arrays.", { .arrays(dataset: $0, digest: $1) }),
            ("content.bin", "application/octet-stream", "Returns the canonical bytes of a data set, whose SHA-256 is its digest.", { .content(dataset: $0, digest: $1) }),
        ]
        for (file, type, summary, export) in kinds {
            routes.add(Route(.get, "/datasets/{name}/\(file)", summary, needs: .viewer, answers: [.file(type)], problems: API.made)) { _, parameters in
                let name = parameters["name"]
                return try await self.file(export(name, readyDataset(name).0), "\(name)-\(file)", type)
            }
        }
        routes.add(
            Route(
                .get, "/encoders/{digest}.npz", "Returns the weights of a feature extractor by digest.", needs: .viewer,
                answers: [.file("application/zip")], problems: API.made)
        ) { _, parameters in
            guard let digest = try? Digest(hex: parameters["digest"]) else {
                throw ServerError(.notFound, code: "encoder-unknown", "There is no feature extractor \(parameters["digest"]).")
            }
            return try await file(.encoder(digest), "encoder-\(digest.short).npz")
        }
    }

    private func addExamples(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/datasets/{name}/examples.png", "Returns examples of a data set as one image grid, or as a scatter plot of points.", needs: .viewer,
                query: [
                    QueryParameter("split", .plain, "Name of the split (default: test)."),
                    QueryParameter("start", .integer(SampleRange.starts), "Index of the first example (default: 0)."),
                    QueryParameter("count", .integer(1...SampleRange.mostOfPicture), "Number of examples, fewer at the end of the split (default: 64)."),
                ], answers: [.file("image/png")], problems: API.made)
        ) { request, parameters in
            let (name, split) = (parameters["name"], request.query.first("split") ?? "test")
            let (digest, splits) = try readyDataset(name)
            guard splits.contains(split) else {
                throw ServerError(.badRequest, code: "invalid-query", "split: '\(split.prefix(40))' is not one of \(splits.joined(separator: ", "))", field: "split")
            }
            let (start, count) = (try request.integer("start", in: SampleRange.starts) ?? 0, try request.integer("count", in: 1...SampleRange.mostOfPicture) ?? 64)
            return try await file(.examples(dataset: name, digest: digest, split: split, start: start, count: count), "\(name)-\(split)-\(start).png", "image/png")
        }
    }

    /// The digest of a data set and the names of its splits.
    /// - Errors: 404 `dataset-unknown`
    private func readyDataset(_ name: String) throws -> (Digest, splits: [String]) {
        guard let status = planner.datasets.list().first(where: { $0.description.name == name && $0.isReady }), let digest = status.description.digest
        else { throw ServerError(.notFound, code: "dataset-unknown", "The data set \(name) does not exist or has not been added.") }
        return (digest, status.description.splits.map(\.name))
    }

    /// The response with the export's file, which a process creates if it does not exist.
    func file(_ export: Export, _ name: String, _ type: String = "application/zip") async throws -> Response {
        let path = try await exports.path(of: export, isGuest: Visitor.current.share != nil)
        var response = Response.file(FileBody(path: path, contentType: type, entityTag: EntityTag(export.key.hex), downloadName: name))
        response.headerFields[.cacheControl] = "private, max-age=86400"
        return response
    }

    func name(of run: RunRecord) -> String { "\(run.model)-\(run.dataset)-seed-\(run.seed)" }

    /// The run that wrote a checkpoint first, and its step.
    /// - Errors: 404 `checkpoint-unknown`
    func source(ofCheckpoint digest: String) async throws -> (RunRecord, Int) {
        let source = try await catalog.read { reader -> (RunRecord, Int)? in
            guard let first = try reader.runs(withCheckpoint: digest).first else { return nil }
            return (try reader.requiredRun(first.run), first.step)
        }
        guard let source else { throw ServerError(.notFound, code: "checkpoint-unknown", "there is no checkpoint \(digest)") }
        return source
    }
}
