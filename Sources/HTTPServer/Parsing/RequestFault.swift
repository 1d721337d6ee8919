import HTTPTypes

/// A protocol rule that a request violated. The connection is closed after any violation.
///
/// The raw value is the stable code of the error response.
enum RequestFault: String, Error, Equatable, CaseIterable {
    // Lines and characters
    case bareLineFeed = "bare-line-feed"
    case bareCarriageReturn = "bare-carriage-return"
    case malformedRequestLine = "malformed-request-line"
    case malformedMethod = "malformed-method"
    case malformedTarget = "malformed-target"
    case malformedPath = "malformed-path"
    case malformedQuery = "malformed-query"
    case requestLineTooLong = "request-line-too-long"
    case unsupportedVersion = "unsupported-version"
    case unsupportedMethod = "unsupported-method"

    // Fields
    case foldedField = "folded-field"
    case malformedFieldName = "malformed-field-name"
    case malformedFieldValue = "malformed-field-value"
    case fieldsTooLarge = "fields-too-large"
    case missingHost = "missing-host"
    case repeatedHost = "repeated-host"
    case malformedHost = "malformed-host"
    case contradictoryHost = "contradictory-host"
    case unknownExpectation = "unknown-expectation"

    // Framing
    case malformedLength = "malformed-length"
    case repeatedLength = "repeated-length"
    case lengthWithTransferCoding = "length-with-transfer-coding"
    case malformedTransferCoding = "malformed-transfer-coding"
    case unknownTransferCoding = "unknown-transfer-coding"
    case malformedChunk = "malformed-chunk"
    case trailersTooLarge = "trailers-too-large"
    case bodyTooLarge = "body-too-large"

    var status: HTTPResponse.Status {
        switch self {
        case .requestLineTooLong: .uriTooLong
        case .fieldsTooLarge, .trailersTooLarge: .requestHeaderFieldsTooLarge
        case .unsupportedVersion: .httpVersionNotSupported
        case .unsupportedMethod, .unknownTransferCoding: .notImplemented
        case .unknownExpectation: .expectationFailed
        case .bodyTooLarge: .contentTooLarge
        default: .badRequest
        }
    }

    var detail: String {
        switch self {
        case .bareLineFeed: "A line ends with a line feed that is not preceded by a carriage return."
        case .bareCarriageReturn: "A carriage return is not followed by a line feed."
        case .malformedRequestLine: "The request line must be: method, space, target, space, version."
        case .malformedMethod: "The method must be a token of at most 32 characters."
        case .malformedTarget: "The request target must be a path, an absolute http or https URL, or * for OPTIONS."
        case .malformedPath: "The path contains an invalid percent encoding, an encoded slash, a control character, or a dot segment."
        case .malformedQuery: "The query contains an invalid percent encoding or is not valid UTF-8."
        case .requestLineTooLong: "The request line exceeds this server's limit."
        case .unsupportedVersion: "This server supports HTTP/1.1 and HTTP/1.0."
        case .unsupportedMethod: "This server is not a proxy and does not support CONNECT."
        case .foldedField: "A field is folded over several lines, which is obsolete."
        case .malformedFieldName: "A field name must be a token, directly followed by a colon."
        case .malformedFieldValue: "A field value contains a control character."
        case .fieldsTooLarge: "The header exceeds this server's limit of bytes or fields."
        case .missingHost: "An HTTP/1.1 request requires a Host field."
        case .repeatedHost: "The request has more than one Host field."
        case .malformedHost: "The Host field must be a name or address with an optional port."
        case .contradictoryHost: "The Host field and the request target name different hosts."
        case .unknownExpectation: "The only supported expectation is 100-continue."
        case .malformedLength: "Content-Length must be a decimal number."
        case .repeatedLength: "The request has more than one Content-Length field."
        case .lengthWithTransferCoding: "Content-Length and Transfer-Encoding are both present."
        case .malformedTransferCoding: "Transfer-Encoding must be a single field with the value chunked."
        case .unknownTransferCoding: "The only supported transfer coding is chunked."
        case .malformedChunk: "A chunk of the body has an invalid size or is not followed by a line end."
        case .trailersTooLarge: "The trailer section exceeds this server's limit."
        case .bodyTooLarge: "The body exceeds this server's limit."
        }
    }
}
