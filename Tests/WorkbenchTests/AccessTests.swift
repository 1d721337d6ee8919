import Canonical
import Catalog
import HTTPTypes
import Testing

@testable import Access
@testable import Execution

@Suite("Authentication")
struct AccessTests {
    @Test(arguments: [
        "/", "/index.html", "/app.js", "/api/v1/status", "/api/v1/runs", "/api/v1/runs/x/samples/1.png", "/api/v1/events", "/api/v2",
        "/api/v1/checkpoints/00.npz", "/healthz/x", "/?token=", "/?token=wrong", "/api/v1/runs?token=wrong",
    ])
    func nobodyIsLetIn(path: String) async throws {
        let fixture = try await APIFixture()
        for fields in [
            [:], [.authorization: "Bearer wrong"], [.authorization: fixture.token], [.authorization: "Basic \(fixture.token)"],
            [.cookie: "fidelio-8642=\(fixture.token)"], [.cookie: "fidelio-8642="],
        ] as [HTTPFields] {
            let answer = try await fixture.ask(.get, path, fields: fields)
            #expect(answer.status == 401 && answer.json["code"]?.stringValue == "unauthorized", "\(fields)")
            #expect(answer.fields[.contentType] == "application/problem+json")
        }
        await fixture.workbench.stop()
    }

    @Test func aBrowserIsToldInWords() async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.ask(.get, "/", fields: [.accept: "text/html,*/*"])
        #expect(answer.status == 401 && answer.text.contains("Open the link that the server printed"))
        await fixture.workbench.stop()
    }

    @Test func healthNeedsNoToken() async throws {
        let fixture = try await APIFixture()
        #expect(try await fixture.ask(.get, "/healthz", fields: [:]).json == ["status": "ok"])
        await fixture.workbench.stop()
    }

    @Test func aLinkWorksOnceAndLeavesTheAddress() async throws {
        let fixture = try await APIFixture()
        let secret = try await fixture.access.makeLink()
        #expect(secret.utf8.count == 43)
        let first = try await fixture.ask(.get, "/study?a=1&token=\(secret)&b=2", fields: [:])
        #expect(first.status == 303 && first.fields[.location] == "/study?a=1&b=2")
        let cookie = try #require(first.fields[.setCookie])
        #expect(cookie.hasPrefix("fidelio-8642=") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Strict"))
        let pair = String(cookie.prefix { $0 != ";" })
        #expect(!pair.contains(secret))
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: "other=1; \(pair)"]).status == 200)
        #expect(try await fixture.ask(.get, "/?token=\(secret)", fields: [:]).status == 401)
        // The browser that already used it is admitted.
        #expect(try await fixture.ask(.get, "/?token=\(secret)", fields: [.cookie: pair]).status == 303)
        // A link's secret is not a bearer token.
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.authorization: "Bearer \(secret)"]).status == 401)
        #expect(try await fixture.ask(.post, "/api/v1/sign-out", fields: [.cookie: pair, .origin: "http://127.0.0.1:8642"]).status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: pair]).status == 401)
        await fixture.workbench.stop()
    }

    /// The name of a secret is decoded once, like every name of a query.
    @Test(arguments: ["%74oken", "toke%6e", "%74%6F%6B%65%6E", "token"])
    func aSecretLeavesTheAddressInAnySpelling(name: String) async throws {
        let fixture = try await APIFixture()
        let secret = try await fixture.access.makeLink()
        let first = try await fixture.ask(.get, "/study?a=1&\(name)=\(secret)&b=%26", fields: [:])
        #expect(first.status == 303 && first.fields[.location] == "/study?a=1&b=%26", "\(first.fields[.location] ?? "")")
        let browser = APIFixture.browser(try #require(fixture.cookie(from: first)))
        let again = try await fixture.ask(.get, "/study?\(name)=\(secret)", fields: browser)
        #expect(again.status == 303 && again.fields[.location] == "/study")
        // Neither the sign-in form nor the page before an invitation is used leads back to it.
        let refused = try await fixture.ask(.get, "/study?\(name)=\(secret)", fields: [.accept: "text/html"])
        #expect(refused.status == 401 && !refused.text.contains(secret))
        let ada = try await fixture.member("ada", .viewer)
        let invitation = try await fixture.access.invite(member: ada.id)
        let page = try await fixture.ask(.get, "/study?\(name)=\(invitation)&a=1", fields: [.accept: "text/html"])
        #expect(page.status == 200 && page.text.contains("name=\"next\" value=\"/study?a=1\""), "\(page.text)")
        await fixture.workbench.stop()
    }

    /// A page of the same host can set a cookie of our name for a longer path, which a browser sends first.
    @Test func aStrangersCookieHidesNothing() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .viewer)
        let session = try #require(try await fixture.signIn(ada)[.cookie])
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let share = try #require(try await fixture.guest(.run, run)[.cookie])
        for (name, good, path) in [("fidelio-8642", session, "/status"), ("fidelio-share-8642", share, "/runs/\(run)")] {
            let strangers = (0..<7).map { "\(name)=stranger\($0)" }.joined(separator: "; ")
            for cookie in ["\(name)=stranger; \(good)", "\(name)=; \(name)=a; \(good)", "\(strangers); \(good)", "\(good); \(strangers)"] {
                #expect(try await fixture.ask(.get, "/api/v1" + path, fields: [.cookie: cookie]).status == 200, "\(cookie)")
            }
            // The number of attempts is bounded.
            let many = (0..<40).map { "\(name)=stranger\($0)" }.joined(separator: "; ")
            #expect(try await fixture.ask(.get, "/api/v1" + path, fields: [.cookie: "\(many); \(good)"]).status == 401)
        }
        await fixture.workbench.stop()
    }

    @Test func aRedirectionStaysHere() async throws {
        let fixture = try await APIFixture()
        let secret = try await fixture.access.makeLink()
        let answer = try await fixture.ask(.get, "//evil.example/?token=\(secret)", fields: [:])
        #expect(answer.fields[.location]?.hasPrefix("//") != true, "\(answer.fields)")
        await fixture.workbench.stop()
    }

    @Test func onlyHashesAreKept() async throws {
        let fixture = try await APIFixture()
        let hash = Secret.hash(fixture.token)
        #expect(hash != fixture.token)
        #expect(try fixture.workbench.catalog.readNow { try $0.token(hash: fixture.token) } == nil)
        #expect(try fixture.workbench.catalog.readNow { try $0.token(hash: hash) }?.name == "local")
        let next = try await fixture.access.makeLocalToken()
        #expect(next != fixture.token)
        #expect(try fixture.workbench.catalog.readNow { try $0.token(hash: hash) }?.revoked != nil)
        await fixture.workbench.stop()
    }

    @Test(arguments: [
        (["Origin": "http://127.0.0.1:8642"], true), (["Sec-Fetch-Site": "same-origin"], true),
        (["Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8642"], true), (["Sec-Fetch-Site": "none"], true),
        ([:], false), (["Origin": "http://evil.example"], false), (["Origin": "null"], false),
        (["Origin": "http://127.0.0.1:8643"], false), (["Sec-Fetch-Site": "cross-site"], false), (["Sec-Fetch-Site": "same-site"], false),
        (["Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"], false),
    ])
    func changesComeFromOurOwnPage(extra: [String: String], isTaken: Bool) async throws {
        let fixture = try await APIFixture()
        let link = try await fixture.access.makeLink()
        let cookie = try await fixture.ask(.get, "/?token=\(link)", fields: [:]).fields[.setCookie] ?? ""
        var fields: HTTPFields = [.cookie: String(cookie.prefix { $0 != ";" })]
        for (name, value) in extra { fields[HTTPField.Name(name)!] = value }
        let answer = try await fixture.ask(.post, "/api/v1/runs/nothing/cancel", fields: fields)
        #expect(answer.status == (isTaken ? 404 : 403))
        #expect(answer.json["code"]?.stringValue == (isTaken ? "run-unknown" : "foreign-origin"))
        // Reading is not a change.
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: fields).status == 200)
        await fixture.workbench.stop()
    }

    @Test func equalTextsAreFoundEqual() {
        #expect(Secret.areEqual("abc", "abc"))
        for other in ["abd", "ab", "abcd", "", "bbc"] { #expect(!Secret.areEqual("abc", other)) }
        #expect(Set((0..<100).map { _ in Secret.make() }).count == 100)
    }
}
