package import Canonical
import Catalog
package import HTTPServer
package import HTTPTypes

extension Request {
    /// The body as JSON.
    /// - Errors: 415 for another media type or a compressed body, 413 for one that is too long, `JSONError`.
    func json(upTo limit: Int = RouteBody.usualLimit) async throws -> (value: JSONValue, digest: String) {
        let type = headerFields[.contentType]?.split(separator: ";").first.map { $0.trimmed().lowercased() }
        guard type == "application/json" else {
            throw ServerError(.unsupportedMediaType, code: "not-json", "The body must be JSON, with Content-Type: application/json.")
        }
        if let coding = headerFields[.contentEncoding]?.lowercased(), coding != "identity" {
            throw ServerError(
                .unsupportedMediaType, code: "packed-body", "Content-Encoding is not supported; send the body uncompressed.",
                headerFields: [.acceptEncoding: "identity"])
        }
        let bytes = try await body.collect(upTo: limit)
        return (try JSONValue(document: bytes), Digest.sha256(bytes).hex)
    }

    /// Like `json`; an absent body means an empty object.
    func optionalJSON() async throws -> (value: JSONValue, digest: String) {
        if body.declaredLength == 0, headerFields[.contentType] == nil { return (.object([:]), Digest.sha256([UInt8]()).hex) }
        return try await json()
    }

    /// The idempotency key of a submission, if the client sent one.
    func idempotencyKey(route: String, digest: String) throws -> IdempotencyKey? {
        guard let key = headerFields[.idempotencyKey] else { return nil }
        guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw ServerError(
                .badRequest, code: "invalid-header", "The Idempotency-Key must have 1 to 200 ASCII characters; this one has \(key.utf8.count) bytes.",
                field: "Idempotency-Key")
        }
        return IdempotencyKey(key: key, route: route, requestDigest: digest)
    }

    /// The value of an evaluation that the query names (`QueryParameter.metric`); nil, for the objective, where it names none.
    var metric: String? { query.first("metric") }

    /// The page of a list that the query requests.
    /// - Parameter newestFirst: the default order; otherwise a list is ordered by its key.
    func listQuery(_ source: ListSource, newestFirst: String = "") throws -> ListQuery {
        try ListQuery(
            source, filter: query.first("filter") ?? "", orderBy: query.first("order_by") ?? newestFirst,
            limit: try integer("limit", in: 1...ListQuery.largestLimit) ?? 50, pageToken: query.first("page_token"))
    }

    /// Comma-separated names of the query.
    func names(_ name: String) -> [String]? { query.first(name)?.split(separator: ",").map(String.init) }

    /// An integer of the query.
    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = query.first(name) else { return nil }
        guard let number = Int(text, in: range) else {
            throw ServerError(
                .badRequest, code: "invalid-query", "\(name): '\(text)' is not a whole number in \(range.lowerBound)...\(range.upperBound)",
                field: name)
        }
        return number
    }
}

extension Substring {
    fileprivate func trimmed() -> Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}

extension Response {
    /// A canonical JSON response that must not be cached.
    package static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        var response = Response.text(value.canonicalText, contentType: "application/json", status: status)
        response.headerFields[.cacheControl] = "no-store"
        return response
    }

    /// As above, for an object.
    package static func json(_ fields: [String: JSONValue], status: HTTPResponse.Status = .ok) -> Response {
        json(.object(fields), status: status)
    }
}
