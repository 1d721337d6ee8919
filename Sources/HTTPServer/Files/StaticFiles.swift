import Glibc
public import HTTPTypes

/// Answers requests with the files of one folder, and never with anything outside of it.
///
/// Each part of a path is opened inside the folder before it, without following symbolic links, so neither dots nor
/// links lead out. Names that begin with a dot are not found. A folder is answered by its `index.html`.
/// Where `name.gz` lies beside `name` and the client takes gzip, the smaller file is sent.
public struct StaticFiles: Sendable {
    /// What the client may keep, as a value of `Cache-Control`.
    public var cacheControl: @Sendable (_ path: String) -> String
    /// Fields added to every answer.
    public var headerFields: HTTPFields = [:]
    private let folder: Folder

    /// An open folder, closed when nobody holds it any more.
    private final class Folder: Sendable {
        let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        deinit { close(descriptor) }
    }

    /// Opens the folder. By default clients must ask again each time, which costs a 304.
    /// - Errors: `ServerError` with the code `folder-missing` when there is no such folder.
    public init(folder path: String, cacheControl: @escaping @Sendable (_ path: String) -> String = { _ in "no-cache" }) throws(ServerError) {
        let descriptor = path.utf8.contains(0) ? -1 : unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ServerError(.internalServerError, code: "folder-missing", "There is no folder \(path) that can be read.")
        }
        folder = Folder(descriptor: descriptor)
        self.cacheControl = cacheControl
    }

    /// The answer for the file at `segments` inside the folder; nil when there is none, or the method is not for files.
    public func response(to request: Request, segments: some Collection<String>) -> Response? {
        guard request.method == .get || request.method == .head, var names = Self.checked(segments) else { return nil }
        if names.isEmpty { names = ["index.html"] }
        guard let parent = openParent(names.dropLast()) else { return nil }
        defer { parent.close() }
        guard let name = names.last else { return nil }
        let path = names.joined(separator: "/")
        if let file = parent.open(name) { return answer(request, file, parent: parent, name: name, path: path) }
        guard let inner = parent.enter(name) else { return nil }
        defer { inner.close() }
        guard let file = inner.open("index.html") else { return nil }
        return answer(request, file, parent: inner, name: "index.html", path: path + "/index.html")
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
        if MediaTypes.isPackable(name), let packed = parent.open(name + ".gz"), packed.modifiedSeconds >= file.modifiedSeconds {
            response.headerFields[.vary] = "Accept-Encoding"
            if AcceptEncoding.takesGzip(request.headerFields) {
                response.headerFields[.contentEncoding] = "gzip"
                body.opened = packed
                body.entityTag = EntityTag(packed.entityTag.opaque + "-gzip")
            }
        }
        response.body = .file(body)
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
