import Canonical
import HTTPServer
import HTTPTypes
import Testing

@testable import API
@testable import Access
@testable import Execution

@Suite("Trusted proxies")
struct ProxyTests {
    private func client(_ proxies: [String], _ fields: [(String, String)]) throws -> Client {
        var all = HTTPFields()
        for (name, value) in fields { all.append(HTTPField(name: HTTPField.Name(name)!, value: value)) }
        return try #require(TrustedProxies(proxies)).client(of: try Request(target: "/", headerFields: all))
    }

    @Test func onlyAListedProxyIsBelieved() throws {
        let fields = [("X-Forwarded-For", "192.0.2.9"), ("X-Forwarded-Proto", "https")]
        #expect(try client([], fields) == Client(address: "127.0.0.1", isSecure: false))
        #expect(try client(["10.0.0.0/8", "::1"], fields) == Client(address: "127.0.0.1", isSecure: false))
        for proxies in [["127.0.0.1"], ["127.0.0.0/8"], ["::ffff:127.0.0.1"], ["unix", "127.0.0.1"]] {
            #expect(try client(proxies, fields) == Client(address: "192.0.2.9", isSecure: true))
        }
    }

    @Test(arguments: [
        // Untrusted entries are to the left of those of our proxies.
        ("1.1.1.1, 192.0.2.9", "192.0.2.9"), ("1.1.1.1, 192.0.2.9, 10.1.2.3", "192.0.2.9"), ("192.0.2.9:4711", "192.0.2.9"),
        ("[2001:db8::1]:80", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"), ("nonsense", "127.0.0.1"), ("192.0.2.9, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"), ("10.9.9.9", "10.9.9.9"), ("nonsense, 10.9.9.9", "10.9.9.9"),
    ])
    func theNearestUntrustedAddressCounts(field: String, address: String) throws {
        #expect(try client(["127.0.0.1", "10.0.0.0/8"], [("X-Forwarded-For", field)]).address == address)
        let halves = field.split(separator: ",").map { ("X-Forwarded-For", String($0)) }
        if !halves.isEmpty { #expect(try client(["127.0.0.1", "10.0.0.0/8"], halves).address == address) }
    }

    @Test(arguments: ["", "example.org", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "1.2.3", "::1/129", "10.0.0.0/8/8"])
    func aBadProxyIsRefused(text: String) {
        #expect(TrustedProxies([text]) == nil)
    }

    @Test func behindTLSTheCookieIsSecure() async throws {
        let fixture = try await APIFixture(proxies: ["127.0.0.1"])
        let link = try await fixture.access.makeLink()
        let forwarded: HTTPFields = [HTTPField.Name("X-Forwarded-Proto")!: "https", HTTPField.Name("X-Forwarded-For")!: "192.0.2.9"]
        let answer = try await fixture.ask(.get, "/?token=\(link)", fields: forwarded)
        let cookie = try #require(answer.fields[.setCookie])
        #expect(cookie.hasPrefix("__Host-fidelio-8642=") && cookie.hasSuffix("; HttpOnly; SameSite=Strict; Secure"))
        var fields = forwarded
        fields[.cookie] = fixture.cookie(from: answer)
        #expect(try await fixture.ask(.get, "/api/v1/account", fields: fields).json["sessions"]?[0]?["address"]?.stringValue == "192.0.2.9")
        // The page is served over TLS: a page without TLS may change nothing.
        fields[.origin] = "http://127.0.0.1:8642"
        #expect(try await fixture.ask(.post, "/api/v1/runs/x/cancel", fields: fields).status == 403)
        fields[.origin] = "https://127.0.0.1:8642"
        #expect(try await fixture.ask(.post, "/api/v1/runs/x/cancel", fields: fields).status == 404)
        fields[.secFetchSite] = "same-origin"
        let made = try await fixture.ask(.post, "/api/v1/members", fields: fields, body: #"{"name":"eve"}"#)
        #expect(made.json["url"]?.stringValue?.hasPrefix("https://127.0.0.1:8642/?token=") == true)
        await fixture.workbench.stop()
    }

    /// A member who follows a link in a message is recognized once the browser sends its cookie again. Others stay unauthenticated, and nothing is changed.
    @Test func whoFollowsALinkOfAnotherSiteIsStillKnown() async throws {
        let fixture = try await APIFixture()
        let there = { (site: String, mode: String, destination: String) -> HTTPFields in
            [.accept: "text/html", .secFetchSite: site, .secFetchMode: mode, .secFetchDestination: destination]
        }
        let first = try await fixture.ask(.get, "/runs?q=1", fields: there("cross-site", "navigate", "document"))
        #expect(first.status == 200 && first.text.contains("url=/runs?q=1") && first.fields[.setCookie] == nil && !first.text.contains("password"))
        for fields in [
            there("same-origin", "navigate", "document"), there("none", "navigate", "document"), there("cross-site", "navigate", "iframe"),
            there("cross-site", "no-cors", "image"), [.accept: "text/html"],
        ] { #expect(try await fixture.ask(.get, "/runs", fields: fields).status == 401) }
        #expect(try await fixture.ask(.post, "/runs", fields: there("cross-site", "navigate", "document")).status == 401)
        #expect(try await fixture.ask(.get, "/api/v1/runs", fields: there("cross-site", "navigate", "document")).status == 401)
        await fixture.workbench.stop()
    }

    @Test func aLinkOpenedFromAnotherSiteGoesOnByItself() async throws {
        let fixture = try await APIFixture()
        let link = try await fixture.access.makeLink()
        let answer = try await fixture.ask(.get, "/runs?token=\(link)", fields: [.secFetchSite: "cross-site"])
        // A SameSite=Strict cookie is not sent after a redirect that another site started.
        #expect(answer.status == 200 && answer.fields[.setCookie] != nil && answer.text.contains("url=/runs\""))
        #expect(!answer.text.contains(link))
        await fixture.workbench.stop()
    }
}
