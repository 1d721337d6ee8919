public import HTTPTypes

/// An error that is reported to the client. Handlers may throw it; the server throws it for requests that it rejects.
public struct ServerError: Error, Sendable, Hashable {
    /// The status of the response.
    public var status: HTTPResponse.Status
    /// A stable identifier of the error for programs: lower case, words joined by hyphens.
    public var code: String
    /// One sentence for people.
    public var detail: String
    /// The invalid field of the request, if any.
    public var field: String?
    /// Additional fields of the response, such as `Allow` or `Retry-After`.
    public var headerFields: HTTPFields

    /// Creates an error.
    public init(
        _ status: HTTPResponse.Status, code: String, _ detail: String, field: String? = nil, headerFields: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.headerFields = headerFields
    }

    init(_ fault: RequestFault) {
        self.init(fault.status, code: fault.rawValue, fault.detail)
    }

    init(_ error: RequestBodyError) {
        switch error {
        case .tooLarge(let limit):
            self.init(.contentTooLarge, code: "body-too-large", "The body is too large; the limit is \(limit) bytes.")
        case .timedOut:
            self.init(.requestTimeout, code: "body-timed-out", "The body did not arrive in time.")
        case .malformed(let code):
            // A fault in a body has the same status as in a head.
            if let fault = RequestFault(rawValue: code) {
                self.init(fault)
            } else {
                self.init(.badRequest, code: code, "The body's framing is invalid.")
            }
        case .disconnected, .cancelled:
            self.init(.badRequest, code: "body-incomplete", "The body ended early.")
        }
    }

    static func overloaded(retryAfter seconds: Int) -> ServerError {
        ServerError(
            .serviceUnavailable, code: "overloaded", "The server is at its limit of concurrent requests or connections; retry after \(seconds) s.",
            headerFields: [.retryAfter: String(seconds)])
    }

    static let internalError = ServerError(
        .internalServerError, code: "internal-error", "The server failed to process the request; its log has details.")

    /// The error as a problem details response (RFC 9457).
    public var problemResponse: Response {
        var members = [
            #""type":"about:blank""#, "\"title\":\(Self.quoted(status.reasonPhrase))", "\"status\":\(status.code)",
            "\"detail\":\(Self.quoted(detail))", "\"code\":\(Self.quoted(code))",
        ]
        if let field { members.append("\"field\":\(Self.quoted(field))") }
        var response = Response(status: status, headerFields: headerFields)
        response.headerFields[.contentType] = "application/problem+json"
        response.headerFields[.cacheControl] = "no-store"
        response.body = .bytes(Array("{\(members.joined(separator: ","))}".utf8))
        return response
    }

    /// `text` as a JSON string.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
