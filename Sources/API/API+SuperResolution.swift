import Access
import Canonical
import Catalog
import Codecs
import Execution
import HTTPServer
import HTTPTypes
import Storage
import Training

/// Pictures of a checkpoint of a super-resolution model, side by side with their numbers, and each by itself. Made by the process of exports.
extension API {
    private static let image = [
        QueryParameter("index", .integer(SuperResolutionRequest.indices), "Index of the image in the reference split of the run's evaluation (default: 0)."),
        QueryParameter("upload", .digest, "Digest of an uploaded picture to enlarge in place of an image of the split."),
        QueryParameter(
            "temperature", .number(SuperResolutionRequest.temperatures),
            "Standard deviation of the latents of samples (default: that of the model's own samples); only for models whose latents can be scaled."),
    ]
    private static let usual: [SuperResolutionPicture] = [.lowResolution, .sample(draw: 0), .bicubic, .truth]

    func addSuperResolution(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/checkpoints/{digest}/super-resolution.json",
                "Shows an image under a checkpoint of a super-resolution model: the low resolution, samples, maps, and the truth, each as a PNG file in Base64 with its metrics.",
                needs: .viewer.orShare(.archive),
                query: API.image + [
                    QueryParameter(
                        "pictures", .list(.string, SuperResolutionRequest.counts, distinct: true),
                        "Comma-separated pictures (default: low,sample-0,bicubic,truth); \(SuperResolutionPicture.rule).")
                ], answers: [.json(.superResolution)], problems: API.made)
        ) { request, parameters in
            let words = request.names("pictures") ?? API.usual.map(\.word)
            let path = try await superResolution(request, parameters, words, of: "pictures", as: Export.superResolution)
            return .json(try JSONValue(parsing: FileSystem.read(path)))
        }
        routes.add(
            Route(
                .get, "/checkpoints/{digest}/super-resolution.png", "Returns one of these pictures as a PNG file: the same bytes.", needs: .viewer.orShare(.archive),
                query: API.image + [QueryParameter("picture", .plain, "The picture (default: sample-0); \(SuperResolutionPicture.rule).")],
                answers: [.file("image/png")], problems: API.made)
        ) { request, parameters in
            let word = request.query.first("picture") ?? "sample-0"
            let path = try await superResolution(request, parameters, [word], of: "picture", as: Export.superResolutionPicture)
            var response = Response.file(FileBody(path: path, contentType: "image/png", entityTag: EntityTag(try Digest(ofFile: path).hex)))
            response.headerFields[.cacheControl] = "private, max-age=86400"
            return response
        }
    }

    private func superResolution(
        _ request: Request, _ parameters: RouteParameters, _ words: [String], of field: String, as export: (Digest, SuperResolutionRequest) -> Export
    ) async throws -> String {
        _ = try await source(ofCheckpoint: parameters["digest"])
        let pictures = try words.map { word in
            guard let picture = SuperResolutionPicture(word: word) else {
                throw ServerError(.badRequest, code: "invalid-query", "\(field): '\(word.prefix(40))' is not a picture; \(SuperResolutionPicture.rule)", field: field)
            }
            return picture
        }
        let asked = SuperResolutionRequest(
            try enlarged(request), temperature: request.query.first("temperature").flatMap { Double($0) },
            pictures: pictures)
        try await checkArchive(parameters["digest"], at: workbench.storage.archive(parameters["digest"]))
        return try await exports.path(of: export(try Digest(hex: parameters["digest"]), asked), isGuest: Visitor.current.share != nil)
    }

    private func enlarged(_ request: Request) throws -> SuperResolutionRequest.Source {
        let index = try request.integer("index", in: SuperResolutionRequest.indices)
        guard let text = request.query.first("upload") else { return .example(index ?? 0) }
        guard index == nil else {
            throw ServerError(.badRequest, code: "invalid-query", "upload: an uploaded picture has no index; leave out index or upload", field: "upload")
        }
        let digest = try Digest(hex: text)
        guard FileSystem.exists(uploads.path(of: digest)) else {
            throw ServerError(.notFound, code: "picture-unknown", "There is no uploaded picture \(text). The server keeps the last \(UploadedPictures.most); upload it again.")
        }
        return .upload(digest)
    }

    /// The longest Base64 text of an upload.
    static let mostOfUpload = 1_000_000

    private var uploads: UploadedPictures { UploadedPictures(folder: workbench.storage.uploads) }

    func addUploads(to routes: inout RouteTable) {
        let side = SuperResolutionRequest.mostPixels
        routes.add(
            Route(
                .post, "/pictures",
                "Takes a PNG or JPEG file of at most \(side) x \(side) pixels to enlarge with super-resolution models. It is kept as PNG, without anything but its pixels, until \(UploadedPictures.most) newer ones came.",
                needs: .viewer, load: .changing, body: .json(.uploadRequest), answers: [.json(.upload)], problems: [.unprocessableContent, .insufficientStorage])
        ) { request, _ in
            var fields = try FieldReader(try await request.json().value, path: "")
            let text = try fields.string("picture", maximumBytes: API.mostOfUpload)
            try fields.finish()
            let (digest, picture) = try uploads.keep(text)
            return .json([
                "digest": .string(digest.hex), "width": .count(picture.width), "height": .count(picture.height), "channels": .count(picture.channels),
            ])
        }
    }
}
