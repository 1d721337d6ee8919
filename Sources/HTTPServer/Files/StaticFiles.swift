import Glibc
public import HTTPTypes

/// Serves the files of one folder, and nothing outside of it.
///
/// Each path component is opened relative to the previous one without following symbolic links, so neither dot segments nor
/// links can leave the folder. Names that start with a dot are not served. For a folder, its `index.html` is served.
/// If `name.gz` exists next to `name` and the client accepts gzip, it is sent; otherwise text is compressed once and cached.
public struct StaticFiles: Sendable {
    /// The value of `Cache-Control` for a path.
    public var cacheControl: @Sendable (_ path: String) -> String
    /// Fields added to every response.
    public var headerFields: HTTPFields = [:]
    private let folder: Folder
    private let packed: PackedFiles?

    /// An open folder, closed with its last reference.
    private final class Folder: Sendable {
        let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }

    /// Opens the folder. By default clients must revalidate on every request, which costs a 304.
    /// - Parameter pack: compresses bytes to a gzip member (RFC 1952); without it, only existing `.gz` files are sent compressed
    /// - Errors: `ServerError` with the code `folder-missing` if the folder does not exist or cannot be read
    public init(
        folder path: String, pack: (@Sendable ([UInt8]) -> [UInt8])? = nil,
        cacheControl: @escaping @Sendable (_ path: String) -> String = { _ in "no-cache" }
    ) throws(ServerError) {
        let descriptor = path.utf8.contains(0) ? -1 : unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ServerError(.internalServerError, code: "folder-missing", "The folder \(path) does not exist or cannot be read.")
        }
        folder = Folder(descriptor: descriptor)
        self.cacheControl = cacheControl
        packed = pack.map(PackedFiles.init)
    }

    /// The response for the file at `segments` inside the folder; nil if there is none, or if the method is neither GET nor HEAD.
    public func response(to request: Request, segments: some Collection<String>) -> Response? {
        request.method == .get || request.method == .head ? find(request, segments) : nil
    }

    private func find(_ request: Request, _ segments: some Collection<String>) -> Response? {
        guard var names = Self.checked(segments) else { return nil }
        // A trailing slash requests a folder, so that each file has a single URL.
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

    /// Whether a GET would find a file at `segments`, regardless of the request's method.
    public func holds(_ request: Request, segments: some Collection<String>) -> Bool {
        find(request, segments) != nil
    }

    /// The response for the file at the request's path.
    public func response(to request: Request) -> Response? {
        response(to: request, segments: request.pathSegments)
    }

    /// The path components without an empty last one; nil if one of them is not allowed.
    private static func checked(_ segments: some Collection<String>) -> [String]? {
        var names = Array(segments)
        if names.last == "" { names.removeLast() }
        return names.count <= 32 && names.allSatisfy(isAllowed) ? names : nil
    }

    /// Compares bytes, not characters: a dot followed by a combining accent is a single character other than a dot.
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

/// A folder opened during a lookup.
private struct FolderHandle {
    private let descriptor: Int32
    private let isOwned: Bool

    private init(owning descriptor: Int32) {
        self.descriptor = descriptor
        isOwned = true
    }

    /// Closing the handle leaves the folder open.
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
