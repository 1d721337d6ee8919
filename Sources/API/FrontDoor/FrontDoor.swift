package import Access
import Canonical
import Catalog
package import HTTPServer
import HTTPTypes
package import Logging

/// Authenticates every request before its route: identifies the visitor, exchanges links for sessions, and rejects requests of foreign origin.
///
/// Without a session or token these are open: `/healthz`, `/sign-in` and `/join` (which check their input), and the few files of
/// the sign-in page. Everything else gives 401.
package struct FrontDoor: HTTPHandler {
    let access: AccessControl
    let inner: Router
    var proxies = TrustedProxies()
    let logger: Logger

    /// - Parameter inner: answers admitted visitors.
    package init(access: AccessControl, inner: Router, proxies: TrustedProxies = TrustedProxies(), logger: Logger) {
        self.access = access
        self.inner = inner
        self.proxies = proxies
        self.logger = logger
    }

    /// The files of the sign-in page: they contain no secret.
    static let openFiles: Set<String> = ["/app.css", "/icon.svg", "/js/early-theme.js"]
    private static let longestForm = 8192

    /// `/healthz`: reports that the process answers, regardless of everything else.
    package func respondImmediately(to request: Request) -> Response? {
        guard request.path == "/healthz", request.method == .get || request.method == .head else { return nil }
        return Response.text(#"{"status":"ok"}"#, contentType: "application/json")
    }

    /// Admits the visitor and calls the router, or answers with the reason for the rejection.
    package func respond(to request: Request) async -> Response {
        if let answer = respondImmediately(to: request) { return answer }
        let client = proxies.client(of: request)
        do {
            if let answer = try await enter(request, client) { return answer }
            guard let visitor = try await access.visitor(of: request, client) else { return await refuse(request) }
            guard isSafe(request.method) || OriginCheck.allows(request, isBrowser: visitor.isBrowser, isSecure: client.isSecure) else {
                return FrontDoor.foreignOrigin.problemResponse
            }
            let answer = await Visitor.$current.withValue(visitor) { await inner.respond(to: request) }
            return try await rotating(answer, visitor, request)
        } catch let error as ServerError {
            return error.problemResponse
        } catch let error as RequestBodyError {
            return ServerError(.badRequest, code: "body-refused", "The form cannot be read: \(error)").problemResponse
        } catch {
            if let told = Problems.translate(error, to: Visitor.current) { return told.problemResponse }
            logger.error("access cannot be checked: \(error)")
            return ServerError(.serviceUnavailable, code: "catalog-unavailable", "Access cannot be checked at the moment. The server's log has the reason.")
                .problemResponse
        }
    }

    private static let foreignOrigin = ServerError(
        .forbidden, code: "foreign-origin", "Requests that change data are accepted only from this server's own pages, not from another site.")

    private func isSafe(_ method: HTTPRequest.Method) -> Bool { method == .get || method == .head || method == .options }

    // MARK: - Ways in

    /// Answers sign-in requests; nil for everything else.
    private func enter(_ request: Request, _ client: Client) async throws -> Response? {
        if request.method == .post, request.path == "/sign-in" { return try await signIn(request, client) }
        if request.method == .post, request.path == "/join" { return try await join(request, client) }
        guard request.method == .get, request.pathSegments.first != "api" else { return nil }
        if let secret = request.query.first("token") { return try await redeem(secret, request, client) }
        if let secret = request.query.first("share") { return try await open(secret, request, client) }
        return nil
    }

    /// A printed link signs in its first visitor immediately. An invitation shows a page first, so that programs that preview links in
    /// messages do not use it up.
    private func redeem(_ secret: String, _ request: Request, _ client: Client) async throws -> Response {
        if let member = try await access.holder(ofLink: secret, kind: .invitation) {
            return SignInPage.join(member, secret: secret, next: FrontDoor.location(of: request))
        }
        if let session = try await access.redeem(secret, kind: .link, client, agent: agent(request)) {
            return admit(session, to: FrontDoor.location(of: request), request, client)
        }
        // The link was opened before, perhaps by this very browser.
        if try await access.visitor(of: request, client) != nil { return Response.redirect(to: FrontDoor.location(of: request)) }
        return await refuse(request, problem: "This link was already used or has expired.")
    }

    private func join(_ request: Request, _ client: Client) async throws -> Response {
        let form = try await form(request, client)
        guard let session = try await access.redeem(form.first("token") ?? "", kind: .invitation, client, agent: agent(request)) else {
            return SignInPage.signIn(next: "/", problem: "This invitation was already used or has expired. Ask for a new one.")
        }
        return admit(session, to: FrontDoor.local(form.first("next")), request, client)
    }

    private func signIn(_ request: Request, _ client: Client) async throws -> Response {
        let form = try await form(request, client)
        let next = FrontDoor.local(form.first("next"))
        do {
            let session = try await access.signIn(
                name: form.first("name") ?? "", password: form.first("password") ?? "", client, agent: agent(request))
            guard let session else { return SignInPage.signIn(next: next, problem: "Wrong name or password.") }
            return admit(session, to: next, request, client)
        } catch let error as AccessError {
            let problem = Problems.translate(error)
            var page = SignInPage.signIn(next: next, problem: problem.detail)
            page.status = problem.status
            if let seconds = problem.headerFields[.retryAfter] { page.headerFields[.retryAfter] = seconds }
            return page
        }
    }

    /// A form that our own page sent.
    private func form(_ request: Request, _ client: Client) async throws -> Query {
        guard OriginCheck.allows(request, isBrowser: true, isSecure: client.isSecure) else { throw FrontDoor.foreignOrigin }
        guard request.headerFields[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
            throw ServerError(.unsupportedMediaType, code: "not-a-form", "The body must be a form, application/x-www-form-urlencoded.")
        }
        guard let form = Query(decoding: try await request.body.collect(upTo: FrontDoor.longestForm)) else {
            throw ServerError(.badRequest, code: "invalid-form", "The form is malformed.")
        }
        return form
    }

    /// Counts the use of a share link, and admits a visitor who is not a member to what it shows.
    private func open(_ secret: String, _ request: Request, _ client: Client) async throws -> Response {
        guard let share = try await access.open(share: secret, from: client.address) else {
            return await refuse(request, problem: "This link was revoked or has expired.")
        }
        let age = Int(saturating: max(0, share.expires - access.now()))
        let cookie = "\(access.shareCookieName(isSecure: client.isSecure))=\(secret); Path=/; Max-Age=\(age)"
        return go(to: share.path, cookie, request, client)
    }

    private func admit(_ session: String, to location: String, _ request: Request, _ client: Client) -> Response {
        go(to: location, sessionCookie(session, isSecure: client.isSecure), request, client)
    }

    private func sessionCookie(_ secret: String, isSecure: Bool) -> String {
        "\(access.cookieName(isSecure: isSecure))=\(secret); Path=/; Max-Age=\(Int(saturating: AccessControl.sessionDays * 86_400))"
    }

    /// Redirects the browser with its new cookie. A browser that came from another site would not send a SameSite=Strict cookie after a redirect,
    /// so it gets a page that continues by itself.
    private func go(to location: String, _ cookie: String, _ request: Request, _ client: Client) -> Response {
        let site = request.headerFields[.secFetchSite]
        var response = site == "cross-site" || site == "same-site" ? SignInPage.onward(to: location) : Response.redirect(to: location)
        response.headerFields[.setCookie] = cookie + FrontDoor.cookieAttributes(isSecure: client.isSecure)
        response.headerFields[.cacheControl] = "no-store"
        return response
    }

    static func cookieAttributes(isSecure: Bool) -> String { "; HttpOnly; SameSite=Strict" + (isSecure ? "; Secure" : "") }

    /// Issues a session's next secret, on a response that is never cached and that the page requests every few seconds.
    private func rotating(_ answer: Response, _ visitor: Visitor, _ request: Request) async throws -> Response {
        guard let session = visitor.session, request.path == "/api/v1/status", answer.status == .ok,
            let secret = await access.successor(of: session)
        else { return answer }
        var answer = answer
        answer.headerFields[.setCookie] =
            sessionCookie(secret, isSecure: visitor.isSecure) + FrontDoor.cookieAttributes(isSecure: visitor.isSecure)
        answer.headerFields[.cacheControl] = "no-store"
        return answer
    }

    private func agent(_ request: Request) -> String { request.headerFields[.userAgent] ?? "" }

    // MARK: - Addresses

    /// The target without its secret; always a path on this server.
    private static func location(of request: Request) -> String {
        let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // Compared by the decoded name, as the secret itself was found: `%74oken` is `token`.
        let items = (parts.count > 1 ? parts[1] : "").split(separator: "&").filter { item in
            guard let name = Query(decoding: Array(item.utf8))?.items.first?.name else { return false }
            return name != "token" && name != "share"
        }
        let path = "/" + (parts.first.map(String.init) ?? "").drop { $0 == "/" }
        return local(items.isEmpty ? path : path + "?" + items.joined(separator: "&"))
    }

    /// A path on this server, or `/`: nothing that a browser could interpret as another host.
    static func local(_ text: String?) -> String {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x5C }) else {
            return "/"
        }
        return text
    }

    // MARK: - Nobody

    private func refuse(_ request: Request, problem: String? = nil) async -> Response {
        if FrontDoor.openFiles.contains(request.path), request.method == .get || request.method == .head {
            return await inner.respond(to: request)
        }
        if request.headerFields[.accept]?.contains("text/html") == true, request.pathSegments.first != "api" {
            if problem == nil, comesByALink(request) { return SignInPage.onward(to: FrontDoor.location(of: request), title: "Signing in") }
            return SignInPage.signIn(next: FrontDoor.location(of: request), problem: problem ?? endedLink(request))
        }
        var response =
            ServerError(
                .unauthorized, code: "unauthorized",
                "Authentication is required: open the link that the server printed, or send the header Authorization: Bearer TOKEN."
            ).problemResponse
        response.headerFields[.wwwAuthenticate] = "Bearer realm=\"fidelio\""
        return response
    }
}

extension FrontDoor {
    /// What a reader of a share link is told whose cookie opens nothing any more.
    private func endedLink(_ request: Request) -> String? {
        let isReader = [true, false].contains { request.cookie(access.shareCookieName(isSecure: $0)) != nil }
        return isReader ? "The share link that this browser opened was revoked or has expired. Ask the person who sent it for a new one." : nil
    }

    /// Whether a reader followed a link from another site: the browser then withholds its SameSite=Strict cookies, so that a member appears
    /// unauthenticated. A navigation within this site sends them, and only reads.
    private func comesByALink(_ request: Request) -> Bool {
        let site = request.headerFields[.secFetchSite]
        return request.method == .get && (site == "cross-site" || site == "same-site") && request.headerFields[.secFetchMode] == "navigate"
            && request.headerFields[.secFetchDestination] == "document"
    }
}
