import Catalog
import HTTPServer
import HTTPTypes
import Logging

/// Stands before every route: knows the visitor, turns links into sessions, and refuses what does not come from us.
///
/// Without a token there is one open path, `/healthz`; everything else, the page's own files included, is 401.
struct FrontDoor: HTTPHandler {
    let access: AccessControl
    let inner: Router
    let logger: Logger

    func respondImmediately(to request: Request) -> Response? {
        guard request.path == "/healthz", request.method == .get || request.method == .head else { return nil }
        return Response.text(#"{"status":"ok"}"#, contentType: "application/json")
    }

    func respond(to request: Request) async -> Response {
        if let answer = respondImmediately(to: request) { return answer }
        do {
            if let secret = request.query.first("token"), isPage(request) { return try await redeem(secret, request) }
            guard let visitor = try await access.visitor(of: request) else { return FrontDoor.unauthorized(request) }
            guard isSafe(request.method) || OriginCheck.allows(request, isBrowser: visitor.isBrowser) else {
                return ServerError(
                    .forbidden, code: "foreign-origin", "Changes are taken from this server's own page only, not from another site."
                ).problemResponse
            }
            return await Visitor.$current.withValue(visitor) { await inner.respond(to: request) }
        } catch {
            logger.error("access cannot be checked: \(error)")
            return ServerError(.serviceUnavailable, code: "catalog-unavailable", "Access cannot be checked now. The log says more.")
                .problemResponse
        }
    }

    private func isSafe(_ method: HTTPRequest.Method) -> Bool { method == .get || method == .head || method == .options }

    private func isPage(_ request: Request) -> Bool {
        request.method == .get && request.pathSegments.first != "api"
    }

    /// The link's secret leaves the address line: what follows is a redirection to the same page without it.
    private func redeem(_ secret: String, _ request: Request) async throws -> Response {
        if let session = try await access.redeem(link: secret, address: request.remoteAddress.host) {
            var response = Response.redirect(to: FrontDoor.location(of: request))
            let age = Int(AccessControl.sessionDays * 86_400)
            response.headerFields[.setCookie] = "\(access.cookieName)=\(session); Path=/; Max-Age=\(age); HttpOnly; SameSite=Strict"
            response.headerFields[.cacheControl] = "no-store"
            return response
        }
        // The link was opened before, perhaps by this very browser.
        if try await access.visitor(of: request) != nil { return Response.redirect(to: FrontDoor.location(of: request)) }
        return FrontDoor.unauthorized(request)
    }

    /// The target without its token; always a path on this server.
    private static func location(of request: Request) -> String {
        let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let items = (parts.count > 1 ? parts[1] : "").split(separator: "&").filter { !$0.hasPrefix("token=") }
        let path = "/" + (parts.first.map(String.init) ?? "").drop { $0 == "/" }
        return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
    }

    private static func unauthorized(_ request: Request) -> Response {
        var response: Response
        if request.headerFields[.accept]?.contains("text/html") == true, request.pathSegments.first != "api" {
            response = Response.text(unauthorizedPage, contentType: "text/html; charset=utf-8", status: .unauthorized)
        } else {
            response =
                ServerError(
                    .unauthorized, code: "unauthorized",
                    "This needs a token: open the link that the server printed, or send the header Authorization: Bearer TOKEN."
                ).problemResponse
        }
        response.headerFields[.wwwAuthenticate] = "Bearer realm=\"fidelio\""
        response.headerFields[.cacheControl] = "no-store"
        return response
    }

    private static let unauthorizedPage = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fidelio: not signed in</title></head>
        <body><h1>Not signed in</h1>
        <p>This browser does not know this server yet, or its session has ended.</p>
        <p>Open the link that the server printed when it started. A link works once; <code>fidelio link</code>, typed on the
        machine on which the server runs, prints a new one.</p></body></html>
        """
}
