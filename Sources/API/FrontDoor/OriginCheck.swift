import HTTPServer
import HTTPTypes

/// Whether a change was asked for by our own page, and not by another one that the browser happens to show.
///
/// A browser says where a request comes from (`Sec-Fetch-Site`, `Origin`), and a page cannot change what it says. A request that
/// carries a cookie and says nothing is refused; one with a bearer token needs no such word, because no browser adds that by itself.
enum OriginCheck {
    /// - Parameter isSecure: whether a trusted proxy says that the browser's connection is encrypted; then its origin must be, too.
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
