import Glibc
public import HTTPTypes

/// Answers requests with the files of one folder, and never with anything outside of it.
///
/// Each part of a path is opened inside the folder before it, without following symbolic links, so neither dots nor
/// links lead out. Names that begin with a dot are not found. A folder is answered by its `index.html`.
/// Where `name.gz` lies beside `name` and the client takes gzip, the smaller file is sent; where none lies there, text is packed once and kept.
public struct StaticFiles: Sendable {
    /// What the client may keep, as a value of `Cache-Control`.
    public var cacheControl: @Sendable (_ path: String) -> String
    /// Fields added to every answer.
    public var headerFields: HTTPFields = [:]
    private let folder: Folder
    private let packed: PackedFiles?

    /// An open folder, closed when nobody holds it any more.
    private final class Folder: Sendable {
        let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }

    /// Opens the folder. By default clients must ask again each time, which costs a 304.
    /// - Parameter pack: makes a gzip member (RFC 1952) of bytes; without it only files that are packed already are sent so.
    /// - Errors: `ServerError` with the code `folder-missing` when there is no such folder.
    public init(
        folder path: String, pack: (@Sendable ([UInt8]) -> [UInt8])? = nil,
        cacheControl: @escaping @Sendable (_ path: String) -> String = { _ in "no-cache" }
    ) throws(ServerError) {
        let descriptor = path.utf8.contains(0) ? -1 : unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ServerError(.internalServerError, code: "folder-missing", "There is no folder \(path) that can be read.")
        }
        folder = Folder(descriptor: descriptor)
        self.cacheControl = cacheControl
        packed = pack.map(PackedFiles.init)
    }

    /// The answer for the file at `segments` inside the folder; nil when there is none, or the method is not for files.
    public func response(to request: Request, segments: some Collection<String>) -> Response? {
        request.method == .get || request.method == .head ? find(request, segments) : nil
    }

    private func find(_ request: Request, _ segments: some Collection<String>) -> Response? {
        guard var names = Self.checked(segments) else { return nil }
        // A slash at the end asks for a folder: a file has one address only.
        let asksForFolder = !names.isEmpty && segments.reversed().first == ""
        if names.isEmpty { names = ["index.html"] }
        guard let parent = openParent(names.dropLast()) else { return nil }
        defer { parent.close() }
        guard let name = names.last else { return nil }
        let path = names.joined(separator: "/")
        if !asksForFolder, let file = parent.open(name) { return answer(request, file, parent: parent, name: name, path: path) }
        guard let inner = parent.enter(name) else { return nil }
        defer { inner.close() }
        guard let file = inner.open("index.html") else { return nil }
        return answer(request, file, parent: inner, name: "index.html", path: path + "/index.html")
    }

    /// Whether a reading of the request's own path would find a file, whatever the request's method is.
    public func holds(_ request: Request) -> Bool {
        find(request, request.pathSegments) != nil
    }

    /// The answer for the file at the request's own path.
    public func response(to request: Request) -> Response? {
        response(to: request, segments: request.pathSegments)
    }

    /// The names, without one empty last part; nil when one of them may not be asked for.
    private static func checked(_ segments: some Collection<String>) -> [String]? {
        var names = Array(segments)
        if names.last == "" { names.removeLast() }
        return names.count <= 32 && names.allSatisfy(isAllowed) ? names : nil
    }

    /// Looks at bytes, not characters: a dot and an accent after it are one character that is not a dot.
    private static func isAllowed(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: ".") else { return false }
        return !name.utf8.contains(0) && !name.utf8.contains(UInt8(ascii: "/"))
    }

    private func openParent(_ names: ArraySlice<String>) -> FolderHandle? {
        var handle = FolderHandle(borrowing: folder.descriptor)
        for name in names {
            let next = handle.enter(name)
            handle.close()
            guard let next else { return nil }
            handle = next
        }
        return handle
    }

    private func answer(_ request: Request, _ file: OpenFile, parent: FolderHandle, name: String, path: String) -> Response {
        var response = Response(headerFields: headerFields)
        response.headerFields[.cacheControl] = cacheControl(path)
        var body = FileBody(path: path, contentType: MediaTypes.type(ofFileNamed: name))
        body.opened = file
        response.body = .file(body)
        guard MediaTypes.isPackable(name) else { return response }
        if let packed = parent.open(name + ".gz"), packed.modifiedSeconds >= file.modifiedSeconds {
            response.headerFields[.vary] = "Accept-Encoding"
            if AcceptEncoding.takesGzip(request.headerFields) {
                response.headerFields[.contentEncoding] = "gzip"
                body.opened = packed
                body.entityTag = EntityTag(packed.entityTag.opaque + "-gzip")
                response.body = .file(body)
            }
            return response
        }
        return packing(response, of: file, path: path, for: request)
    }

    private func packing(_ plain: Response, of file: OpenFile, path: String, for request: Request) -> Response {
        guard let packed, PackedFiles.sizes.contains(file.size) else { return plain }
        var response = plain
        response.headerFields[.vary] = "Accept-Encoding"
        guard AcceptEncoding.takesGzip(request.headerFields), let bytes = packed.content(of: file, path: path) else { return response }
        response.headerFields[.contentEncoding] = "gzip"
        response.headerFields[.contentType] = MediaTypes.type(ofFileNamed: path)
        response.headerFields[.eTag] = EntityTag(file.entityTag.opaque + "-gzip").description
        response.headerFields[.lastModified] = min(file.modified, .now).description
        response.body = .bytes(bytes)
        return response
    }
}

/// A folder opened for one look-up.
private struct FolderHandle {
    private let descriptor: Int32
    private let isOwned: Bool

    private init(owning descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = true
    }

    /// The folder stays open when the handle is closed.
    init(borrowing descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = false
    }

    func close() {
        if isOwned { _ = Glibc.close(descriptor) }
    }

    func enter(_ name: String) -> FolderHandle? {
        let inner = unsafe openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return inner >= 0 ? FolderHandle(owning: inner) : nil
    }

    func open(_ name: String) -> OpenFile? {
        let file = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        return file >= 0 ? OpenFile(adopting: file) : nil
    }
}
