import HTTPTypes

extension HTTPField.Name {
    /// `Host`, for which HTTPTypes has no constant because it represents the field as the authority.
    static let hostField = HTTPField.Name("Host")!
}

/// Parses field names without allocating strings for common names.
enum FieldName {
    /// The name in `bytes`, or nil if they are not a token.
    static func parse(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        if let known = known(bytes) { return known }
        return HTTPField.Name(bytes.text)
    }

    private static func known(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        switch bytes.count {
        case 2 where bytes.equalsIgnoringCase("te"): .te
        case 4 where bytes.equalsIgnoringCase("host"): .hostField
        case 6: known6(bytes)
        case 8 where bytes.equalsIgnoringCase("if-range"): .ifRange
        case 10: known10(bytes)
        case 12 where bytes.equalsIgnoringCase("content-type"): .contentType
        case 13: known13(bytes)
        case 14 where bytes.equalsIgnoringCase("content-length"): .contentLength
        case 15: known15(bytes)
        case 17: known17(bytes)
        default: nil
        }
    }

    private static func known6(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        if bytes.equalsIgnoringCase("accept") { return .accept }
        if bytes.equalsIgnoringCase("cookie") { return .cookie }
        if bytes.equalsIgnoringCase("origin") { return .origin }
        if bytes.equalsIgnoringCase("expect") { return .expect }
        return nil
    }

    private static func known10(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        if bytes.equalsIgnoringCase("connection") { return .connection }
        if bytes.equalsIgnoringCase("user-agent") { return .userAgent }
        return nil
    }

    private static func known13(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        if bytes.equalsIgnoringCase("cache-control") { return .cacheControl }
        if bytes.equalsIgnoringCase("if-none-match") { return .ifNoneMatch }
        if bytes.equalsIgnoringCase("authorization") { return .authorization }
        return nil
    }

    private static func known15(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        if bytes.equalsIgnoringCase("accept-encoding") { return .acceptEncoding }
        if bytes.equalsIgnoringCase("accept-language") { return .acceptLanguage }
        return nil
    }

    private static func known17(_ bytes: Span<UInt8>) -> HTTPField.Name? {
        if bytes.equalsIgnoringCase("if-modified-since") { return .ifModifiedSince }
        if bytes.equalsIgnoringCase("transfer-encoding") { return .transferEncoding }
        return nil
    }
}
