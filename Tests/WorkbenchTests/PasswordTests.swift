import Canonical
import Catalog
import HTTPServer
import HTTPTypes
import Testing

@testable import Access
@testable import API
@testable import Execution

@Suite("Passwords")
struct PasswordTests {
    /// RFC 7914, section 12: the vector with N = 1024, r = 8, p = 16, by its first 32 bytes.
    @Test func scryptIsTheStandards() throws {
        let key = try PasswordHash("password", salt: Array("NaCl".utf8), parameters: .init(logN: 10, r: 8, p: 16)).key
        #expect(key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    }

    @Test func whatIsKeptFitsThePasswordOnly() throws {
        #expect(PasswordHash.Parameters() == .init(logN: 15, r: 8, p: 3))
        let small = PasswordHash.Parameters(logN: 4, r: 1, p: 1)
        let kept = try PasswordHash("caf\u{E9} au lait", parameters: small)
        let read = try #require(PasswordHash(text: kept.text))
        #expect(read == kept && !kept.text.contains("lait"))
        #expect(try read.fits("cafe\u{301} au lait"))
        for other in ["", "cafe au lait", "caf\u{E9} au lai", "caf\u{E9} au lait "] { #expect(try !read.fits(other)) }
        #expect(try PasswordHash("x", parameters: small).text != PasswordHash("x", parameters: small).text)
        for damaged in ["", "scrypt:4:1:1:AA==:AA==", "scrypt:99:1:1:\(kept.text)", "md5:4:1:1:a:b", kept.text + ":", String(kept.text.dropLast(4))] {
            #expect(PasswordHash(text: damaged) == nil, "\(damaged)")
        }
    }

    @Test func aMemberSignsInByPassword() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("Ada", .editor)
        let browser = try await fixture.signIn(ada)
        for (password, status) in [("short", 422), ("aaaaaaaaaaaaaaa", 422), ("correct horse battery", 204)] {
            let body = JSONValue.object(["password": .string(password)]).canonicalText
            #expect(try await fixture.ask(.post, "/api/v1/account/password", fields: browser, body: body).status == status)
        }
        let good = [("name", "ada"), ("password", "correct horse battery"), ("next", "/studies?x=1")]
        let answer = try await fixture.form("/sign-in", good)
        #expect(answer.status == 303 && answer.fields[.location] == "/studies?x=1")
        let cookie = try #require(fixture.cookie(from: answer))
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: cookie]).json["user"]?["role"]?.stringValue == "editor")
        for (name, password) in [("ada", "wrong horse battery"), ("eve", "correct horse battery"), ("", ""), ("ada", String(repeating: "x", count: 5000))] {
            let refused = try await fixture.form("/sign-in", [("name", name), ("password", password)])
            #expect(refused.status == 401 && refused.fields[.setCookie] == nil && refused.text.contains("Wrong name or password"))
        }
        // Neither another site nor a page without an origin may sign a browser in.
        #expect(try await fixture.form("/sign-in", good, fields: [.secFetchSite: "cross-site"]).status == 403)
        #expect(try await fixture.form("/sign-in", good, fields: [:]).status == 403)
        #expect(try await fixture.form("/sign-in", good, fields: [.origin: "http://evil.example"]).status == 403)
        #expect(try await fixture.ask(.post, "/sign-in", fields: [.secFetchSite: "same-origin"], body: "{}").status == 415)
        // A new password needs the old one, and ends the other sessions.
        let change = { (current: String) in
            try await fixture.ask(
                .post, "/api/v1/account/password", fields: browser, body: #"{"current":"\#(current)","password":"another good one"}"#)
        }
        let wrong = try await change("nonsense")
        #expect(wrong.status == 422 && wrong.json["field"]?.stringValue == "current")
        #expect(try await change("correct horse battery").status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: cookie]).status == 401)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: browser).status == 200)
        #expect(try await fixture.form("/sign-in", good).status == 401)
        await fixture.workbench.stop()
    }

    @Test(arguments: ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""])
    func signingInStaysHere(next: String) async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .viewer)
        try await fixture.access.setPassword("correct horse battery", ofMember: ada.id)
        let answer = try await fixture.form("/sign-in", [("name", "ada"), ("password", "correct horse battery"), ("next", next)])
        #expect(answer.status == 303 && answer.fields[.location] == "/")
        await fixture.workbench.stop()
    }

    @Test func guessingIsSlowedDown() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .viewer)
        try await fixture.access.setPassword("correct horse battery", ofMember: ada.id)
        var statuses: [Int] = []
        for _ in 0..<14 { statuses.append(try await fixture.form("/sign-in", [("name", "ada"), ("password", "guess")]).status) }
        #expect(statuses.prefix(10).allSatisfy { $0 == 401 } && statuses.suffix(4).contains(429), "\(statuses)")
        fixture.clock.advance(seconds: 61)
        for _ in 0..<20 { fixture.access.byName.count("ada", at: fixture.clock.now) }
        let refused = try await fixture.form("/sign-in", [("name", "ada"), ("password", "correct horse battery")])
        #expect(refused.status == 429 && refused.fields[.retryAfter] != nil)
        // The longest wait for a name is a minute: a stranger cannot lock a member out.
        fixture.clock.advance(seconds: 61)
        #expect(try await fixture.form("/sign-in", [("name", "ada"), ("password", "correct horse battery")]).status == 303)
        #expect(try await fixture.form("/sign-in", [("name", "ada"), ("password", "guess")]).status == 401)
        await fixture.workbench.stop()
    }

    @Test func guessingManyNamesIsSlowedDownByAddress() {
        let throttle = Throttle(free: 20, longest: 900)
        for attempt in 0..<20 { throttle.count("192.0.2.1", at: Double(attempt)) }
        #expect(throttle.wait("192.0.2.1", at: 19.5) > 0)
        for attempt in 0..<12 { throttle.count("192.0.2.1", at: 100 + Double(attempt)) }
        #expect(throttle.wait("192.0.2.1", at: 112) > 800)
        #expect(throttle.wait("192.0.2.1", at: 112 + 900) == 0)
        // A flood of keys takes no more memory and evicts no count.
        for key in 0..<100_000 { throttle.count("key \(key)", at: 112) }
        #expect(throttle.wait("192.0.2.1", at: 113) > 800)
        throttle.clear("192.0.2.1")
        #expect(throttle.wait("192.0.2.1", at: 113) == 0)
    }

    @Test func passwordsAreCheckedAFewAtATime() async throws {
        let checker = PasswordChecker(parameters: .init(logN: 12, r: 8, p: 1))
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { try await PasswordTests.isRefused(checker) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(refused <= 30)
        // Afterwards there is room again.
        #expect(try await checker.fits("x", nil) == false)
    }

    private static func isRefused(_ checker: PasswordChecker) async throws -> Bool {
        do {
            _ = try await checker.hash("correct horse battery")
            return false
        } catch AccessError.tooManyPasswords {
            return true
        }
    }
}
