import HTTPServer
package import HTTPTypes

/// Protects against cross-site request forgery: whether a change was requested by our own page.
///
/// A browser reports where a request comes from (`Sec-Fetch-Site`, `Origin`), and a page cannot change it. A request with
/// a cookie and without these fields is rejected; one with a bearer token needs none, because no browser adds the token by itself.
enum OriginCheck {
    /// - Parameter isSecure: whether a trusted proxy reports an encrypted browser connection; the origin must then be https.
    static func allows(_ request: Request, isBrowser: Bool, isSecure: Bool = false) -> Bool {
        let origin = request.headerFields[.origin]
        if let origin, !isOurs(origin, authority: request.authority, isSecure: isSecure) { return false }
        if let site = request.headerFields[.secFetchSite] { return site == "same-origin" || site == "none" }
        return origin != nil || !isBrowser
    }

    private static func isOurs(_ origin: String, authority: String, isSecure: Bool) -> Bool {
        let origin = origin.lowercased()
        let authority = authority.lowercased()
        return origin == "https://" + authority || (!isSecure && origin == "http://" + authority)
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode")!
    static let secFetchDestination = HTTPField.Name("Sec-Fetch-Dest")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
}

/// The security headers of every response.
package enum SecurityFields {
    /// The header fields of every response.
    package static var all: HTTPFields {
        var fields = HTTPFields()
        fields[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
            + "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        fields[.xContentTypeOptions] = "nosniff"
        fields[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
        fields[HTTPField.Name("Cross-Origin-Opener-Policy")!] = "same-origin"
        fields[HTTPField.Name("Cross-Origin-Resource-Policy")!] = "same-origin"
        fields[HTTPField.Name("X-Frame-Options")!] = "DENY"
        fields[HTTPField.Name("Permissions-Policy")!] = "camera=(), geolocation=(), microphone=()"
        return fields
    }
}
