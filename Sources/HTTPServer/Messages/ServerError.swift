public import HTTPTypes

/// An error that is told to the client. Handlers may throw it; the server throws it for what it refuses itself.
public struct ServerError: Error, Sendable, Hashable {
    public var status: HTTPResponse.Status
    /// A stable name of the error for programs: lower case, words joined by hyphens.
    public var code: String
    /// One sentence for people.
    public var detail: String
    /// The field of the request at fault, if one is.
    public var field: String?
    /// Fields that the answer carries besides, such as `Allow` or `Retry-After`.
    public var headerFields: HTTPFields

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
            self.init(.contentTooLarge, code: "body-too-large", "The body is larger than the \(limit) bytes that are taken here.")
        case .timedOut:
            self.init(.requestTimeout, code: "body-timed-out", "The body did not arrive in time.")
        case .malformed(let code):
            // What is found in a body has the status that it has in a head.
            if let fault = RequestFault(rawValue: code) {
                self.init(fault)
            } else {
                self.init(.badRequest, code: code, "The body's framing is wrong.")
            }
        case .disconnected, .cancelled:
            self.init(.badRequest, code: "body-incomplete", "The body ended early.")
        }
    }

    static func overloaded(retryAfter seconds: Int) -> ServerError {
        ServerError(
            .serviceUnavailable, code: "overloaded", "The server has as much to do as it takes on; try again soon.",
            headerFields: [.retryAfter: String(seconds)])
    }

    static let internalError = ServerError(
        .internalServerError, code: "internal-error", "The server failed to answer. Its log says more.")

    /// The error as problem details (RFC 9457).
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
