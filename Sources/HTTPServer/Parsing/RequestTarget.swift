import HTTPTypes

/// The decoded target of a request (RFC 9112, section 3.2).
///
/// Paths with dot segments, encoded slashes, backslashes, or control characters are rejected rather than normalized:
/// a proxy in front of this server may have interpreted the path by other rules.
struct RequestTarget: Sendable, Equatable {
    /// As sent.
    let raw: String
    /// Decoded, starting with a slash; `*` for a request about the server as a whole.
    let path: String
    /// The decoded path components: none for `/`; `a` and an empty one for `/a/`.
    let segments: [String]
    let query: Query
    /// Host and port, if the target is an absolute URL.
    let authority: String?

    init(_ bytes: Span<UInt8>, method: HTTPRequest.Method) throws(RequestFault) {
        guard !bytes.isEmpty else { throw .malformedTarget }
        for index in bytes.indices where !bytes[index].isVisible || bytes[index] == UInt8(ascii: "#") {
            throw .malformedTarget
        }
        if bytes.count == 1, bytes[0] == UInt8(ascii: "*") {
            guard method == .options else { throw .malformedTarget }
            raw = "*"
            path = "*"
            segments = []
            query = Query()
            authority = nil
            return
        }
        raw = bytes.text
        let pathStart: Int
        (authority, pathStart) = try Self.authority(bytes)
        let rest = bytes.extracting(pathStart..<bytes.count)
        let mark = rest.first(UInt8(ascii: "?"))
        (path, segments) = try Self.path(rest.extracting(0..<(mark ?? rest.count)))
        guard let mark else {
            query = Query()
            return
        }
        guard let decoded = Query(decoding: rest.extracting((mark + 1)..<rest.count)) else { throw .malformedQuery }
        query = decoded
    }

    private init(raw: String, path: String) {
        self.raw = raw
        self.path = path
        segments = []
        query = Query()
        authority = nil
    }

    /// The target of a request that could not be parsed.
    static let unknown = RequestTarget(raw: "", path: "")

    private static func authority(_ bytes: Span<UInt8>) throws(RequestFault) -> (String?, pathStart: Int) {
        if bytes[0] == UInt8(ascii: "/") { return (nil, 0) }
        let start: Int
        if bytes.count > 7, bytes.extracting(0..<7).equalsIgnoringCase("http://") {
            start = 7
        } else if bytes.count > 8, bytes.extracting(0..<8).equalsIgnoringCase("https://") {
            start = 8
        } else {
            throw .malformedTarget
        }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
        let authority = bytes.extracting(start..<end)
        guard Authority.isValid(authority) else { throw .malformedTarget }
        return (authority.text, end)
    }

    private static func path(_ bytes: Span<UInt8>) throws(RequestFault) -> (String, [String]) {
        if bytes.count <= 1 { return ("/", []) }
        var segments: [String] = []
        var isPlain = true
        var start = 1
        while start <= bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
            let segment = bytes.extracting(start..<end)
            guard let text = PercentDecoding.text(segment, in: .path), text != ".", text != ".." else { throw .malformedPath }
            if text.utf8.count != end - start { isPlain = false }
            segments.append(text)
            start = end + 1
        }
        return (isPlain ? bytes.text : "/" + segments.joined(separator: "/"), segments)
    }
}
