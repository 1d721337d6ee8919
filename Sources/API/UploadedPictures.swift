import Canonical
import Codecs
import Foundation
import HTTPServer
import HTTPTypes
import Training

/// Pictures that members uploaded to enlarge. Only their pixels are kept, as PNG files named by the digest of the file.
struct UploadedPictures {
    /// The number of pictures kept.
    static let most = 64

    let folder: String

    func path(of digest: Digest) -> String { "\(folder)/\(digest.hex).png" }

    /// Decodes and keeps a picture.
    /// - Parameter text: a PNG or JPEG file in Base64
    /// - Errors: 422 `picture-refused`; `FileError` if it cannot be written
    func keep(_ text: String) throws -> (digest: Digest, picture: PixelImage) {
        let picture = try decoded(text), file = PNG.encode(picture), digest = Digest.sha256(file)
        try FileSystem.makeFolder(folder, mode: 0o700)
        try AtomicFile.write(file, to: path(of: digest))
        try tidy(keeping: digest)
        return (digest, picture)
    }

    private func decoded(_ text: String) throws -> PixelImage {
        guard let bytes = Base64.bytes(of: text) else { throw refused("it is not Base64") }
        let side = SuperResolutionRequest.mostPixels
        do {
            if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try PNG.decode(bytes, limit: side) }
            if bytes.starts(with: [0xFF, 0xD8]) { return try JPEG.decode(bytes, limit: side) }
        } catch {
            throw refused("\(error)")
        }
        throw refused("it is neither PNG nor JPEG")
    }

    private func refused(_ problem: String) -> ServerError {
        let side = SuperResolutionRequest.mostPixels
        return ServerError(
            .unprocessableContent, code: "picture-refused", "The picture cannot be used: \(problem). Allowed are PNG and JPEG files of at most \(side) x \(side) pixels.",
            field: "picture")
    }

    /// Deletes the pictures that were uploaded first, down to the bound.
    private func tidy(keeping newest: Digest) throws {
        var files = try FileSystem.names(in: folder).filter { !$0.hasPrefix(".") && $0 != "\(newest.hex).png" }.map { name in
            let found = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            return (date: (found?[.modificationDate] as? Date) ?? .distantPast, name: name)
        }
        files.sort { ($0.date, $0.name) < ($1.date, $1.name) }
        for file in files.prefix(max(0, files.count + 1 - Self.most)) { try? FileSystem.remove("\(folder)/\(file.name)") }
    }
}
