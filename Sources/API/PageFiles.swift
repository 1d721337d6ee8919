import Canonical
package import HTTPServer
import HTTPTypes
import Synchronization

/// The files of the page. Each has two names: its own, about which a browser asks at every visit, and one below a digest of all files, such as
/// `/v/DIGEST/js/app.js`, which it keeps for a year. `index.html` refers to the second kind; modules refer to each other by relative paths and stay below the digest, where those that
/// every page needs are joined (`JoinedModules`).
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
    /// Modules as they are sent below the present digest, by path, plain and packed.
    private let modules = Mutex<(digest: String, sent: [String: (plain: [UInt8], packed: [UInt8])])>(("", [:]))
    private let pack: @Sendable ([UInt8]) -> [UInt8]

    /// - Parameter pack: compresses bytes to a gzip member (RFC 1952)
    /// - Errors: `ServerError` with the code `folder-missing` if the folder does not exist or cannot be read
    package init(folder: String, pack: @escaping @Sendable ([UInt8]) -> [UInt8]) throws(ServerError) {
        self.folder = folder
        self.pack = pack
        files = try StaticFiles(folder: folder, pack: pack)
    }

    /// The file at the request's path; nil if there is none.
    func response(to request: Request) -> Response? {
        let segments = request.pathSegments
        if [[], [""], ["index.html"]].contains(segments) { return document(request) }
        guard let named = PageFiles.belowDigest(segments) else { return files.response(to: request) }
        guard var response = module(request, named.file) ?? files.response(to: request, segments: named.file) else { return nil }
        // Another digest than the present one: a page that was open while the files changed.
        if named.digest == known.withLock({ $0?.digest }) { response.headerFields[.cacheControl] = PageFiles.forever }
        return response
    }

    /// Whether a GET for the request's path would find a file, regardless of the request's method.
    func holds(_ request: Request) -> Bool {
        guard let named = PageFiles.belowDigest(request.pathSegments) else { return files.holds(request, segments: request.pathSegments) }
        return named.file.joined(separator: "/") == JoinedModules.path || files.holds(request, segments: named.file)
    }

    /// A module below a digest: the joined file, or one that imports it; nil if the document runs no module, or there is no such file.
    private func module(_ request: Request, _ file: ArraySlice<String>) -> Response? {
        let path = file.joined(separator: "/"), isJoined = path == JoinedModules.path
        guard path.hasPrefix("js/"), path.hasSuffix(".js"), let digest = digest(), let html = text("index.html"), let joined = JoinedModules(document: html),
            // What may be read, and the fields of its answer, are as for every file.
            var response = files.response(to: request, segments: isJoined ? ["js", "app.js"] : file), let sent = sent(path, digest, joined, isJoined)
        else { return nil }
        response.headerFields[.contentType] = "text/javascript; charset=utf-8"
        response.headerFields[.eTag] = EntityTag("\(digest)-\(path.replacing("/", with: "-"))").description
        response.headerFields[.vary] = "Accept-Encoding"
        let isPacked = AcceptEncoding.takesGzip(request.headerFields)
        response.headerFields[.contentEncoding] = isPacked ? "gzip" : nil
        response.body = .bytes(isPacked ? sent.packed : sent.plain)
        return response
    }

    private func sent(_ path: String, _ digest: String, _ joined: JoinedModules, _ isJoined: Bool) -> (plain: [UInt8], packed: [UInt8])? {
        if let known = modules.withLock({ $0.digest == digest ? $0.sent[path] : nil }) { return known }
        guard let text = isJoined ? joined.text(text) : text(path).map({ joined.rewritten($0, at: path) }) else { return nil }
        let made = (plain: Array(text.utf8), packed: pack(Array(text.utf8)))
        modules.withLock { modules in
            if modules.digest != digest { modules = (digest, [:]) }
            modules.sent[path] = made
        }
        return made
    }

    /// The text of a file of the folder that `digest()` has found.
    private func text(_ path: String) -> String? {
        guard known.withLock({ $0?.versions[path] }) != nil, let bytes = try? FileSystem.read("\(folder)/\(path)", limit: 1 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `index.html`, whose files are named by the digest; it also serves the views of the page.
    func document(_ request: Request) -> Response? {
        guard var response = files.response(to: request, segments: ["index.html"]) else { return nil }
        guard let digest = digest(), let bytes = try? FileSystem.read(folder + "/index.html", limit: 1 << 20) else { return response }
        response.headerFields[.eTag] = EntityTag(digest).description
        response.headerFields[.contentType] = "text/html; charset=utf-8"
        response.headerFields[.contentEncoding] = nil
        let html = String(decoding: bytes, as: UTF8.self)
        response.body = .bytes(Array(PageFiles.named(JoinedModules(document: html)?.document(html) ?? html, digest).utf8))
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
