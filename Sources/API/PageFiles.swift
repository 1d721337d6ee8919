import Canonical
package import HTTPServer
import HTTPTypes
import Synchronization

/// The files of the page. Each has two names: its own, about which a browser asks at every visit, and one below a digest of all files, such as
/// `/v/DIGEST/js/app.js`, which it keeps for a year. `index.html` refers to the second kind; modules refer to each other by relative paths and stay below the digest.
package final class PageFiles: Sendable {
    private struct Known {
        var versions: [String: FileSystem.Version]
        var digest: String
    }

    /// The first segment of names below a digest.
    private static let prefix = "v"
    private static let forever = "private, max-age=31536000, immutable"
    /// Limits of what is digested; beyond them files have their own names only.
    private static let (mostFiles, mostBytes, deepest) = (2000, 64 << 20, 8)

    private let folder: String
    private let files: StaticFiles
    private let known = Mutex<Known?>(nil)

    /// - Parameter pack: compresses bytes to a gzip member (RFC 1952)
    /// - Errors: `ServerError` with the code `folder-missing` if the folder does not exist or cannot be read
    package init(folder: String, pack: @escaping @Sendable ([UInt8]) -> [UInt8]) throws(ServerError) {
        self.folder = folder
        files = try StaticFiles(folder: folder, pack: pack)
    }

    /// The file at the request's path; nil if there is none.
    func response(to request: Request) -> Response? {
        let segments = request.pathSegments
        if [[], [""], ["index.html"]].contains(segments) { return document(request) }
        guard let named = PageFiles.belowDigest(segments) else { return files.response(to: request) }
        guard var response = files.response(to: request, segments: named.file) else { return nil }
        // Another digest than the present one: a page that was open while the files changed.
        if named.digest == known.withLock({ $0?.digest }) { response.headerFields[.cacheControl] = PageFiles.forever }
        return response
    }

    /// Whether a GET for the request's path would find a file, regardless of the request's method.
    func holds(_ request: Request) -> Bool {
        guard let named = PageFiles.belowDigest(request.pathSegments) else { return files.holds(request, segments: request.pathSegments) }
        return files.holds(request, segments: named.file)
    }

    /// `index.html`, whose files are named by the digest; it also serves the views of the page.
    func document(_ request: Request) -> Response? {
        guard var response = files.response(to: request, segments: ["index.html"]) else { return nil }
        guard let digest = digest(), let bytes = try? FileSystem.read(folder + "/index.html", limit: 1 << 20) else { return response }
        response.headerFields[.eTag] = EntityTag(digest).description
        response.headerFields[.contentType] = "text/html; charset=utf-8"
        response.headerFields[.contentEncoding] = nil
        response.body = .bytes(Array(PageFiles.named(String(decoding: bytes, as: UTF8.self), digest).utf8))
        return response
    }

    private static func belowDigest(_ segments: [String]) -> (digest: String, file: ArraySlice<String>)? {
        segments.count > 2 && segments[0] == prefix ? (segments[1], segments.dropFirst(2)) : nil
    }

    /// The document with the digest before the names of its files. Addresses of views contain no dot.
    static func named(_ html: String, _ digest: String) -> String {
        var html = html
        for attribute in ["href=\"/", "src=\"/"] {
            let parts = html.split(separator: attribute, omittingEmptySubsequences: false)
            html = parts[0] + parts.dropFirst().map { part in
                attribute + (part.prefix { $0 != "\"" }.contains(".") ? "\(prefix)/\(digest)/" : "") + part
            }.joined()
        }
        return html
    }

    /// The digest of all files, which are read again when one of them has changed; nil if there are too many, or one cannot be read.
    private func digest() -> String? {
        var versions: [String: FileSystem.Version] = [:]
        guard PageFiles.list(folder, "", PageFiles.deepest, &versions) else { return nil }
        if let known = known.withLock({ $0 }), known.versions == versions { return known.digest }
        guard versions.values.reduce(0, { $0 + min($1.size, Int64(PageFiles.mostBytes) + 1) }) <= PageFiles.mostBytes else { return nil }
        var digest = Digest.Builder()
        for path in versions.keys.sorted() {
            guard let bytes = try? FileSystem.read("\(folder)/\(path)", limit: PageFiles.mostBytes) else { return nil }
            digest.update(Array("\(path)\0\(Digest.sha256(bytes).hex)\n".utf8))
        }
        let found = Known(versions: versions, digest: digest.finish().short)
        known.withLock { $0 = found }
        return found.digest
    }

    private static func list(_ folder: String, _ path: String, _ depth: Int, _ found: inout [String: FileSystem.Version]) -> Bool {
        guard depth > 0, let names = try? FileSystem.names(in: folder) else { return false }
        for name in names where !name.hasPrefix(".") {
            let (place, inner) = ("\(folder)/\(name)", path.isEmpty ? name : "\(path)/\(name)")
            if FileSystem.isFolder(place) {
                guard list(place, inner, depth - 1, &found) else { return false }
            } else if let version = FileSystem.version(of: place) {
                guard found.count < mostFiles else { return false }
                found[inner] = version
            }
        }
        return true
    }
}
