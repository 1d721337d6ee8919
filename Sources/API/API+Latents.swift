import Access
import Canonical
import Execution
import HTTPServer
import HTTPTypes
import Storage
import Training

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
    }

    /// - Errors: 400 `invalid-query` for a parameter that has no effect
    private static func latents(_ request: Request) throws -> LatentRequest {
        let place = request.query.first("place") ?? "between", sample = try request.integer("sample", in: SampleRange.starts) ?? 0
        let without = ["between": ["share", "dimension"], "around": ["dimension"], "along": ["other", "path", "share"]][place] ?? []
        for name in without where request.query.first(name) != nil {
            throw ServerError(.badRequest, code: "invalid-query", "\(name): has no effect with place=\(place)", field: name)
        }
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
