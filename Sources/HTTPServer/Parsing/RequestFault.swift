import HTTPTypes

/// One rule of the protocol that a request broke. The connection is closed after any of them.
///
/// The raw value is the stable code in the error's answer.
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
        case .bareLineFeed: "A line ends in a line feed without a carriage return before it."
        case .bareCarriageReturn: "A carriage return stands where no line ends."
        case .malformedRequestLine: "The request line is not: method, space, target, space, version."
        case .malformedMethod: "The method is not a token of at most 32 characters."
        case .malformedTarget: "The request target is not one that a server of origin answers."
        case .malformedPath: "The path has a bad percent code, an encoded slash, a control character or a dot segment."
        case .malformedQuery: "The query has a bad percent code or is not UTF-8 text."
        case .requestLineTooLong: "The request line is longer than this server reads."
        case .unsupportedVersion: "This server speaks HTTP/1.1 and HTTP/1.0."
        case .unsupportedMethod: "This server does not connect to others."
        case .foldedField: "A field goes on over a second line, which is obsolete."
        case .malformedFieldName: "A field's name is not a token, or a space stands before its colon."
        case .malformedFieldValue: "A field's value holds a control character."
        case .fieldsTooLarge: "The header is larger, or has more fields, than this server reads."
        case .missingHost: "A request of HTTP/1.1 must have a Host field."
        case .repeatedHost: "There is more than one Host field."
        case .malformedHost: "The Host field is not a name or address with an optional port."
        case .contradictoryHost: "The Host field and the request target name different hosts."
        case .unknownExpectation: "The only expectation that this server meets is 100-continue."
        case .malformedLength: "Content-Length is not a plain decimal number."
        case .repeatedLength: "There is more than one Content-Length field."
        case .lengthWithTransferCoding: "Content-Length and Transfer-Encoding are both present."
        case .malformedTransferCoding: "Transfer-Encoding must be one field that says: chunked."
        case .unknownTransferCoding: "The only transfer coding that this server reads is chunked."
        case .malformedChunk: "A chunk of the body has a bad size or does not end where it should."
        case .trailersTooLarge: "The trailer section is larger than this server reads."
        case .bodyTooLarge: "The body is larger than this server takes."
        }
    }
}
