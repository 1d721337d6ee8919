import Access
import HTTPServer
import HTTPTypes

extension AccessControl {
    /// The sender of this request; nil if unknown.
    func visitor(of request: Request, _ client: Client) async throws -> Visitor? {
        if let header = request.headerFields[.authorization] {
            let words = header.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
            return try await visitor("bearer", String(words[1]), client)
        }
        // Access to what a link shows is decided by its cookie, even for a member who opened it.
        let isAboutLink = request.pathSegments.starts(with: ["api", "v1", "shared"]) || request.query.first("grant") == "link"
        if isAboutLink, let guest = try await guest(request, client) { return guest }
        if let member = try await visitor("session", cookies: cookieName(isSecure: client.isSecure), request, client) { return member }
        return isAboutLink ? nil : try await guest(request, client)
    }

    private func guest(_ request: Request, _ client: Client) async throws -> Visitor? {
        try await visitor("share", cookies: shareCookieName(isSecure: client.isSecure), request, client)
    }

    /// The number of cookies of one name that are tried: another page of the same host may have set one for a longer path, which is sent first.
    static let mostCookies = 8

    /// The first cookie of that name that is valid.
    private func visitor(_ kind: String, cookies name: String, _ request: Request, _ client: Client) async throws -> Visitor? {
        for cookie in request.cookies(name, most: AccessControl.mostCookies) {
            if let visitor = try await visitor(kind, cookie, client) { return visitor }
        }
        return nil
    }
}

extension ResponseLease: AnswerLease {}
