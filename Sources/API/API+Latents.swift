import Access
import Canonical
import Execution
import HTTPServer
import HTTPTypes
import Storage
import Training

extension Schema {
    /// `distance` is the squared Euclidean one; `held_out` are those of the first images of the reference split to their own nearest training image.
    static let neighbors = Schema.named(
        "Neighbors",
        .object([
            "checkpoint": .digest, "model": .string, "step": .count, "dataset": .string, "dataset_digest": .digest, "split": .string, "images": .count,
            "space": .word(NeighborRequest.Space.allCases.map(\.rawValue)), "encoder": .nullable(.string), "encoder_digest": .nullable(.digest),
            "samples": .array(
                .object(["sample": .nullable(.count), "neighbors": .array(.object(["index": .count, "distance": .number(0...Double.infinity), "label": .nullable(.count)]))])),
            "held_out": .nullable(
                .object([
                    "split": .string, "images": .count, "least": .number(0...Double.infinity), "median": .number(0...Double.infinity), "greatest": .number(0...Double.infinity),
                ])), "width": .count, "height": .count, "digest": .digest, "png": .string,
        ]))
}

/// The generator of a checkpoint in hand: images between samples, around one, and along a dimension of the latents. Made by the process of exports.
extension API {
    private static let places = [
        QueryParameter("place", .word(LatentRequest.places), "Where the latents are: between two samples (default), around a sample, or along one dimension of its latents."),
        QueryParameter("sample", .integer(SampleRange.starts), "Index of the sample, as in sample grids (default: 0)."),
        QueryParameter("other", .integer(SampleRange.starts), "The sample at the end, or the first of those towards which the images around lie (default: the one after sample)."),
        QueryParameter("path", .word(LatentRequest.Path.allCases.map(\.rawValue)), "The straight line or, by default, the same points at the interpolated length; not for along."),
        QueryParameter("share", .number(LatentRequest.shares), "The part of the way to the others, for around (default: 0.3)."),
        QueryParameter("dimension", .integer(LatentRequest.dimensions), "The dimension, for along (default: 0)."),
        QueryParameter("count", .integer(LatentRequest.counts), "Number of images (default: 16)."),
    ]

    func addLatents(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/checkpoints/{digest}/latents.png",
                "Generates images between two samples of a checkpoint, around one, or along a dimension of its latents, and returns them as one image grid of at most eight columns.",
                needs: .viewer.orShare(.archive), query: API.places, answers: [.file("image/png")], problems: API.made)
        ) { request, parameters in
            let (run, step) = try await source(ofCheckpoint: parameters["digest"])
            let asked = try API.latents(request)
            try await checkArchive(parameters["digest"], at: workbench.storage.archive(parameters["digest"]))
            return try await file(
                .latents(checkpoint: try Digest(hex: parameters["digest"]), asked), "\(name(of: run))-step-\(step)-\(asked.place.word).png", "image/png")
        }
        addNeighbors(to: &routes)
    }

    private static let nearest: [QueryParameter] =
        [QueryParameter("place", .word([NeighborRequest.samplesWord] + LatentRequest.places), "Which images: numbered samples (default), or those of latents.png.")] + API.places.dropFirst().dropLast()
        + [
            QueryParameter("count", .integer(NeighborRequest.counts), "Number of generated images (default: 8; at least 2 for other places than samples, with the default 16)."),
            QueryParameter("neighbors", .integer(NeighborRequest.neighbors), "Training images for each (default: 5)."),
            QueryParameter("space", .word(NeighborRequest.Space.allCases.map(\.rawValue)), "Distances of pixels (default), or of features by the extractor of the run's evaluations."),
        ]

    /// They show training images, which share links do not cover.
    private func addNeighbors(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/checkpoints/{digest}/neighbors.json",
                "Finds the training images nearest to generated ones, with their squared distances beside those of held-out images, and the picture as a PNG file in Base64.",
                needs: .viewer, query: API.nearest, answers: [.json(.neighbors)], problems: API.made)
        ) { request, parameters in
            let (asked, _) = try await neighbors(request, parameters)
            let path = try await exports.path(of: .neighbors(checkpoint: try Digest(hex: parameters["digest"]), asked), isGuest: false)
            return .json(try JSONValue(parsing: FileSystem.read(path)))
        }
        routes.add(
            Route(
                .get, "/checkpoints/{digest}/neighbors.png", "Returns that picture: each generated image, and its nearest training images to the right of it.", needs: .viewer, query: API.nearest,
                answers: [.file("image/png")], problems: API.made)
        ) { request, parameters in
            let (asked, name) = try await neighbors(request, parameters)
            return try await file(.neighborPicture(checkpoint: try Digest(hex: parameters["digest"]), asked), "\(name)-neighbors.png", "image/png")
        }
    }

    private func neighbors(_ request: Request, _ parameters: RouteParameters) async throws -> (NeighborRequest, name: String) {
        let (run, step) = try await source(ofCheckpoint: parameters["digest"])
        let images: NeighborRequest.Images
        if request.query.first("place") ?? NeighborRequest.samplesWord == NeighborRequest.samplesWord {
            for name in ["other", "path", "share", "dimension"] where request.query.first(name) != nil { throw API.withoutEffect(name, NeighborRequest.samplesWord) }
            images = .samples(first: try request.integer("sample", in: SampleRange.starts) ?? 0, count: try request.integer("count", in: NeighborRequest.counts) ?? 8)
        } else {
            images = .latents(try API.latents(request))
        }
        let space = request.query.first("space").flatMap(NeighborRequest.Space.init) ?? .pixels
        try await checkArchive(parameters["digest"], at: workbench.storage.archive(parameters["digest"]))
        return (NeighborRequest(images, neighbors: try request.integer("neighbors", in: NeighborRequest.neighbors) ?? 5, space: space), "\(name(of: run))-step-\(step)")
    }

    private static func withoutEffect(_ name: String, _ place: String) -> ServerError {
        ServerError(.badRequest, code: "invalid-query", "\(name): has no effect with place=\(place)", field: name)
    }

    /// - Errors: 400 `invalid-query` for a parameter that has no effect
    private static func latents(_ request: Request) throws -> LatentRequest {
        let place = request.query.first("place") ?? "between", sample = try request.integer("sample", in: SampleRange.starts) ?? 0
        let without = ["between": ["share", "dimension"], "around": ["dimension"], "along": ["other", "path", "share"]][place] ?? []
        for name in without where request.query.first(name) != nil { throw withoutEffect(name, place) }
        let other = try request.integer("other", in: SampleRange.starts) ?? min(sample + 1, SampleRange.starts.upperBound)
        let path = request.query.first("path").flatMap(LatentRequest.Path.init) ?? .spherical
        let found: LatentRequest.Place =
            switch place {
            case "around": .around(sample, share: request.query.first("share").flatMap { Double($0) } ?? 0.3, first: other, path)
            case "along": .along(sample, dimension: try request.integer("dimension", in: LatentRequest.dimensions) ?? 0)
            default: .between(sample, other, path)
            }
        return LatentRequest(found, count: try request.integer("count", in: LatentRequest.counts) ?? 16)
    }
}
