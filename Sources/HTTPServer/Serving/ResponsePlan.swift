import HTTPTypes

/// How a response is sent: computed from the handler's response and the request before anything is sent.
struct ResponsePlan {
    enum Framing: Equatable {
        /// Neither body nor length.
        case none
        case length(Int)
        case chunked
        /// The end of the connection delimits the body (HTTP/1.0 clients).
        case untilClose
    }

    enum Piece {
        case bytes([UInt8])
        case file(OpenFile, Range<Int>)
    }

    enum Content {
        case none
        case bytes([UInt8])
        case pieces([Piece])
        case stream(@Sendable (BodyWriter) async throws -> Void, isEvents: Bool)
    }

    var status: HTTPResponse.Status
    var fields: HTTPFields
    var framing: Framing
    var content: Content

    /// - Parameter render: renders errors that are found here
    init(_ response: Response, to head: RequestHead, render: (ServerError) -> Response) {
        status = response.status
        fields = response.headerFields
        framing = .none
        content = .none
        guard status.code >= 200 else {
            self = ResponsePlan(ServerError.internalError.problemResponse, to: head, render: \.problemResponse)
            return
        }
        switch response.body {
        case .empty: framing = .length(0)
        case .bytes(let bytes): planBytes(bytes, head)
        case .file(let file): planFile(file, head, render)
        case .stream(let stream):
            framing = stream.length.map(Framing.length) ?? (head.minorVersion == 1 ? .chunked : .untilClose)
            content = .stream(stream.produce, isEvents: false)
        case .events(let events): planEvents(events, head)
        }
        if status == .noContent || status == .notModified {
            framing = .none
            content = .none
        } else if status.code == 205 {
            framing = .length(0)
            content = .none
        }
        if head.method == .head { content = .none }
    }

    // MARK: Bytes and events

    private mutating func planBytes(_ bytes: [UInt8], _ head: RequestHead) {
        framing = .length(bytes.count)
        content = .bytes(bytes)
        guard status == .ok, head.method == .get || head.method == .head,
            fields.contains(.eTag) || fields.contains(.lastModified)
        else { return }
        let conditions = Conditions(fields: head.fields, method: head.method)
        let tag = fields[.eTag].flatMap { EntityTag(parsing: $0) }
        switch conditions.verdict(entityTag: tag, modified: fields[.lastModified].flatMap(HTTPDate.init(parsing:))) {
        case .proceed: break
        case .notModified: status = .notModified
        case .failed: fail(Self.changed)
        }
    }

    private mutating func planEvents(_ events: EventStream, _ head: RequestHead) {
        framing = head.minorVersion == 1 ? .chunked : .untilClose
        content = .stream(events.produce, isEvents: true)
        fields[.contentType] = "text/event-stream"
        if !fields.contains(.cacheControl) { fields[.cacheControl] = "no-store" }
    }

    private static let changed = ServerError(
        .preconditionFailed, code: "precondition-failed", "The current representation does not meet the request's precondition (If-Match or If-Unmodified-Since).")
    private static let noRange = ServerError(
        .rangeNotSatisfiable, code: "range-not-satisfiable", "The requested range is outside of the file; Content-Range gives its size.", field: "Range")

    /// Replaces the response by a problem, keeping the fields that describe the content.
    private mutating func fail(_ failure: ServerError) {
        let problem = failure.problemResponse
        status = failure.status
        guard case .bytes(let bytes) = problem.body else { return }
        framing = .length(bytes.count)
        content = .bytes(bytes)
        fields[.contentType] = problem.headerFields[.contentType]
        fields[.contentDisposition] = nil
        fields[.contentEncoding] = nil
    }

    // MARK: Files

    private mutating func planFile(_ body: FileBody, _ head: RequestHead, _ render: (ServerError) -> Response) {
        guard let file = body.opened ?? OpenFile(path: body.path) else {
            let missing = ServerError(.notFound, code: "not-found", "No resource exists at this path.")
            self = ResponsePlan(render(missing), to: head, render: \.problemResponse)
            return
        }
        let tag = body.entityTag ?? file.entityTag
        if !fields.contains(.contentType) {
            fields[.contentType] = body.contentType ?? MediaTypes.type(ofFileNamed: body.downloadName ?? body.path)
        }
        if let disposition = body.contentDisposition { fields[.contentDisposition] = disposition }
        fields[.eTag] = tag.description
        // Never later than the response's Date (RFC 9110, section 8.8.2.1).
        fields[.lastModified] = min(file.modified, .now).description
        fields[.acceptRanges] = "bytes"
        let selection = status == .ok
            ? FileSelection(method: head.method, fields: head.fields, size: file.size, entityTag: tag, modified: file.modified) : .whole
        apply(selection, file)
    }

    private mutating func apply(_ selection: FileSelection, _ file: OpenFile) {
        switch selection {
        case .whole:
            framing = .length(file.size)
            content = .pieces([.file(file, 0..<file.size)])
        case .part(let range):
            status = .partialContent
            fields[.contentRange] = Self.contentRange(range, file.size)
            framing = .length(range.count)
            content = .pieces([.file(file, range)])
        case .parts(let ranges):
            planParts(ranges, file)
        case .notModified:
            status = .notModified
        case .preconditionFailed:
            fail(Self.changed)
        case .unsatisfiable:
            fail(Self.noRange)
            fields[.contentRange] = "bytes */\(file.size)"
        }
    }

    /// Several ranges as a multipart body (RFC 9110, section 14.6).
    private mutating func planParts(_ ranges: [Range<Int>], _ file: OpenFile) {
        let boundary = "part-" + String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
        let type = fields[.contentType] ?? "application/octet-stream"
        var pieces: [Piece] = []
        var length = 0
        for range in ranges {
            let partHead = "\r\n--\(boundary)\r\nContent-Type: \(type)\r\nContent-Range: \(Self.contentRange(range, file.size))\r\n\r\n"
            pieces.append(.bytes(Array(partHead.utf8)))
            pieces.append(.file(file, range))
            length += partHead.utf8.count + range.count
        }
        let end = "\r\n--\(boundary)--\r\n"
        pieces.append(.bytes(Array(end.utf8)))
        status = .partialContent
        fields[.contentType] = "multipart/byteranges; boundary=\(boundary)"
        framing = .length(length + end.utf8.count)
        content = .pieces(pieces)
    }

    private static func contentRange(_ range: Range<Int>, _ size: Int) -> String {
        "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
    }
}
