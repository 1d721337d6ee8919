public import HTTPTypes

/// The `Accept-Encoding` field of a request (RFC 9110, section 12.5.3).
public enum AcceptEncoding {
    /// Whether the client accepts gzip: the field lists it, or `*`, with a weight above zero.
    public static func takesGzip(_ fields: HTTPFields) -> Bool {
        guard let text = fields[.acceptEncoding] else { return false }
        var any = false
        for element in text.split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
            guard let coding = parts.first else { continue }
            let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=") && (Double($0.dropFirst(2)) ?? 0) <= 0 }
            if coding == "gzip" || coding == "x-gzip" { return !isRefused }
            if coding == "*" { any = !isRefused }
        }
        return any
    }
}
