import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Testing

@testable import Access
@testable import API
@testable import Execution

/// Visitors for tests.
extension APIFixture {
    /// The fields that our page's browser sends with its cookie.
    static func browser(_ cookie: String) -> HTTPFields {
        [.cookie: cookie, .secFetchSite: "same-origin"]
    }

    /// Opens a page and returns the cookie that it set, in the form in which a browser sends it back.
    func cookie(from answer: Answer) -> String? {
        answer.fields[.setCookie].map { String($0.prefix { $0 != ";" }) }
    }

    func member(_ name: String, _ role: AccessToken.Role) async throws -> Member {
        try await access.add(member: name, role: role)
    }

    /// A browser that is signed in as this member.
    func signIn(_ member: Member) async throws -> HTTPFields {
        let secret = try await access.makeLink(member: member.id)
        let cookie = try #require(cookie(from: try await ask(.get, "/?token=\(secret)", fields: [:])))
        return APIFixture.browser(cookie)
    }

    func bearer(_ member: Member, _ scope: TokenScope) async throws -> HTTPFields {
        let made = try await access.makeToken(member: member.id, name: "a token", role: scope.role, days: 1)
        return [.authorization: "Bearer \(made.secret)"]
    }

    /// A browser that has opened a share link, and nothing else.
    func guest(_ kind: Share.Kind, _ target: String, days: Int = 1, live: Bool = true) async throws -> HTTPFields {
        let made = try await access.makeShare(kind, target, note: "", days: days, live: live)
        let cookie = try #require(cookie(from: try await ask(.get, "/?share=\(made.secret)", fields: [:])))
        return APIFixture.browser(cookie)
    }

    /// Sends a form as the sign-in page does.
    func form(_ path: String, _ items: [(String, String)], fields extra: HTTPFields = [.secFetchSite: "same-origin"]) async throws -> Answer {
        var fields = extra
        fields[.contentType] = "application/x-www-form-urlencoded"
        let body = items.map { "\($0.0)=\(APIFixture.encoded($0.1))" }.joined(separator: "&")
        return try await ask(.post, path, fields: fields, body: body)
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// A study of two finished runs.
    func endedStudy() async throws -> (study: String, runs: [String]) {
        try await workbench.start()
        let id = try #require(try await post("/studies", APIFixture.plan()).json["id"]?.stringValue)
        let runs = try workbench.catalog.readNow { try $0.runs(ofStudy: id) }.map(\.id)
        for run in runs { try await workbench.wait(for: run) }
        return (id, runs)
    }
}
