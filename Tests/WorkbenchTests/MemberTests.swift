import Canonical
import Foundation
@testable import API
@testable import Catalog
import HTTPTypes
import Testing

@testable import Access
@testable import Execution

@Suite("Members, sessions, and tokens")
struct MemberTests {
    @Test func anInvitationIsShownFirstAndSpentOnce() async throws {
        let fixture = try await APIFixture()
        let made = try await fixture.post("/members", #"{"name":"Ada <b>","role":"editor"}"#)
        #expect(made.status == 201 && made.json["member"]?["joined"] == .null)
        let path = try #require(made.json["path"]?.stringValue)
        #expect(made.json["url"]?.stringValue == "http://127.0.0.1:8642" + path)
        // Previewing the link does not use it up.
        for _ in 0..<3 {
            let page = try await fixture.ask(.get, path, fields: [.accept: "text/html"])
            #expect(page.status == 200 && page.text.contains("Welcome, Ada &lt;b&gt;") && page.fields[.setCookie] == nil)
        }
        let secret = String(path.dropFirst("/?token=".count))
        // Another site cannot make a browser join.
        #expect(try await fixture.form("/join", [("token", secret)], fields: [.secFetchSite: "cross-site"]).status == 403)
        #expect(try await fixture.form("/join", [("token", secret)], fields: [:]).status == 403)
        let joined = try await fixture.form("/join", [("token", secret), ("next", "/runs?q=1")])
        #expect(joined.status == 303 && joined.fields[.location] == "/runs?q=1")
        let cookie = try #require(fixture.cookie(from: joined))
        let status = try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: cookie])
        #expect(status.json["user"]?["name"]?.stringValue == "Ada <b>" && status.json["user"]?["role"]?.stringValue == "editor")
        #expect(try await fixture.form("/join", [("token", secret)]).status == 401)
        #expect(try await fixture.get("/members").json[0]?["joined"]?.numberValue != nil)
        await fixture.workbench.stop()
    }

    @Test func anInvitationEnds() async throws {
        let fixture = try await APIFixture()
        let member = try await fixture.member("ada", .viewer)
        let first = try await fixture.access.invite(member: member.id)
        let second = try await fixture.access.invite(member: member.id)
        #expect(try await fixture.form("/join", [("token", first)]).status == 401)
        fixture.clock.advance(seconds: 8 * 86_400)
        #expect(try await fixture.form("/join", [("token", second)]).status == 401)
        await fixture.workbench.stop()
    }

    @Test func aRoleCountsAtOnce() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .viewer)
        let browser = try await fixture.signIn(ada)
        let token = try await fixture.bearer(ada, .admin)
        let submit = { (fields: HTTPFields) in try await fixture.ask(.post, "/api/v1/runs/none/cancel", fields: fields).status }
        #expect(try await submit(browser) == 403)
        // A token grants no more than its member's role.
        #expect(try await submit(token) == 403)
        let changed = try await fixture.ask(.patch, "/api/v1/members/ada", body: #"{"role":"editor","name":"Ada L."}"#)
        #expect(changed.json["role"]?.stringValue == "editor" && changed.json["name"]?.stringValue == "Ada L.")
        #expect(try await submit(browser) == 404)
        #expect(try await submit(token) == 404)
        _ = try await fixture.ask(.patch, "/api/v1/members/\(ada.id)", body: #"{"role":"viewer"}"#)
        #expect(try await submit(browser) == 403)
        #expect(try await submit(token) == 403)
        await fixture.workbench.stop()
    }

    @Test func whoIsRemovedIsOutAtOnce() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .owner)
        let eve = try await fixture.member("eve", .owner)
        let ways = [try await fixture.signIn(ada), try await fixture.signIn(ada), try await fixture.bearer(ada, .read)]
        let invitation = try await fixture.access.invite(member: ada.id)
        for fields in ways { #expect(try await fixture.ask(.get, "/api/v1/status", fields: fields).status == 200) }
        #expect(try await fixture.ask(.delete, "/api/v1/members/\(ada.id)").status == 200)
        for fields in ways { #expect(try await fixture.ask(.get, "/api/v1/status", fields: fields).status == 401) }
        #expect(try await fixture.form("/join", [("token", invitation)]).status == 401)
        #expect(try await fixture.ask(.delete, "/api/v1/members/\(ada.id)").status == 404)
        // The name can be reused.
        #expect(try await fixture.post("/members", #"{"name":"ADA"}"#).status == 201)
        #expect(try await fixture.post("/members", #"{"name":"Eve"}"#).json["code"]?.stringValue == "name-taken")
        #expect(eve.role == .owner)
        await fixture.workbench.stop()
    }

    @Test func theLastOwnerStays() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .owner)
        let bob = try await fixture.member("bob", .owner)
        #expect(try await fixture.ask(.delete, "/api/v1/members/\(bob.id)").status == 200)
        for answer in [
            try await fixture.ask(.delete, "/api/v1/members/\(ada.id)"),
            try await fixture.ask(.patch, "/api/v1/members/\(ada.id)", body: #"{"role":"editor"}"#),
        ] { #expect(answer.status == 409 && answer.json["code"]?.stringValue == "last-owner") }
        await fixture.workbench.stop()
    }

    @Test(arguments: ["", "   ", "a\u{0}b", "a\nb", "abc\u{202E}def", String(repeating: "x", count: 81)])
    func aBadNameIsRefused(name: String) async throws {
        let fixture = try await APIFixture()
        let body = JSONValue.object(["name": .string(name)]).canonicalText
        let answer = try await fixture.post("/members", body)
        #expect(answer.status == 422 && answer.json["field"]?.stringValue == "name")
        await fixture.workbench.stop()
    }

    @Test func aTokenIsShownOnceAndEnds() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .editor)
        let browser = try await fixture.signIn(ada)
        let made = try await fixture.ask(.post, "/api/v1/account/tokens", fields: browser, body: #"{"name":"cluster","scope":"write","days":2}"#)
        let secret = try #require(made.json["secret"]?.stringValue)
        let id = try #require(made.json["id"]?.stringValue)
        #expect(made.status == 201 && secret.utf8.count == 43)
        let fields: HTTPFields = [.authorization: "Bearer \(secret)"]
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: fields).json["user"]?["name"]?.stringValue == "ada")
        // Its use is recorded concurrently with the request.
        var account = try await fixture.ask(.get, "/api/v1/account", fields: browser)
        for _ in 0..<1000 where account.json["tokens"]?[0]?["last_used"]?.numberValue == nil {
            try await Task.sleep(for: .milliseconds(10))
            account = try await fixture.ask(.get, "/api/v1/account", fields: browser)
        }
        #expect(!account.text.contains(secret) && !account.text.contains(Secret.hash(secret)))
        #expect(account.json["tokens"]?[0]?["last_used"]?.numberValue != nil && account.json["tokens"]?[0]?["scope"]?.stringValue == "write")
        // It is stored as a hash and is not accepted as a cookie.
        #expect(try fixture.workbench.catalog.readNow { try $0.token(hash: Secret.hash(secret)) }?.name == "cluster")
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: [.cookie: "fidelio-8642=\(secret)"]).status == 401)
        fixture.clock.advance(seconds: 2 * 86_400 + 1)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: fields).status == 401)
        let other = try await fixture.bearer(ada, .write)
        let list = try await fixture.ask(.get, "/api/v1/account", fields: browser).json["tokens"]?.arrayValue ?? []
        let newest = try #require(list.first { $0["id"]?.stringValue != id }?["id"]?.stringValue)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: other).status == 200)
        #expect(try await fixture.ask(.delete, "/api/v1/account/tokens/\(newest)", fields: browser).status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: other).status == 401)
        await fixture.workbench.stop()
    }

    @Test func nobodyEndsWhatIsAnothers() async throws {
        let fixture = try await APIFixture()
        let (ada, eve) = (try await fixture.member("ada", .editor), try await fixture.member("eve", .editor))
        let (hers, eves) = (try await fixture.signIn(ada), try await fixture.signIn(eve))
        _ = try await fixture.bearer(ada, .read)
        let account = try await fixture.ask(.get, "/api/v1/account", fields: hers).json
        let (session, token) = (account["sessions"]?[0]?["id"]?.stringValue ?? "", account["tokens"]?[0]?["id"]?.stringValue ?? "")
        #expect(account["sessions"]?[0]?["current"] == true)
        #expect(try await fixture.ask(.delete, "/api/v1/account/sessions/\(session)", fields: eves).status == 404)
        #expect(try await fixture.ask(.delete, "/api/v1/account/tokens/\(token)", fields: eves).status == 404)
        #expect(try await fixture.ask(.get, "/api/v1/account", fields: hers).json["tokens"]?.arrayValue?.count == 1)
        let second = try await fixture.signIn(ada)
        #expect(try await fixture.ask(.delete, "/api/v1/account/sessions/\(session)", fields: second).status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/account", fields: hers).status == 401)
        let third = try await fixture.signIn(ada)
        #expect(try await fixture.ask(.delete, "/api/v1/account/sessions", fields: second).status == 204)
        #expect(try await fixture.ask(.get, "/api/v1/account", fields: third).status == 401)
        #expect(try await fixture.ask(.get, "/api/v1/account", fields: second).status == 200)
        await fixture.workbench.stop()
    }

    @Test func aCookieRotatesAndRequestsUnderWaySurvive() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .viewer)
        let old = try await fixture.signIn(ada)
        let status = { (fields: HTTPFields) in try await fixture.ask(.get, "/api/v1/status", fields: fields) }
        #expect(try await status(old).fields[.setCookie] == nil)
        fixture.clock.advance(seconds: 13 * 3600)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<8 { group.addTask { try await fixture.ask(.get, "/api/v1/status", fields: old) } }
            return try await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 200 })
        // One new secret for all of them.
        let cookies = answers.compactMap { fixture.cookie(from: $0) }
        #expect(cookies.count == 1)
        let next = APIFixture.browser(try #require(cookies.first))
        // Until the browser presents the new one, the old one stays valid: the response may have been lost.
        fixture.clock.advance(seconds: 3600)
        let again = try await status(old)
        #expect(again.status == 200 && again.fields[.setCookie] != nil && again.fields[.cacheControl] == "no-store")
        #expect(try await status(next).status == 401, "a successor that was replaced before it was shown")
        let latest = APIFixture.browser(try #require(fixture.cookie(from: again)))
        #expect(try await status(latest).status == 200)
        fixture.clock.advance(seconds: 30)
        #expect(try await status(old).status == 200, "within the grace")
        fixture.clock.advance(seconds: 31)
        // An old cookie presented late was copied: the session ends for both holders.
        #expect(try await status(old).status == 401)
        #expect(try await status(latest).status == 401)
        let audit = try await fixture.get("/audit").json["entries"]?.arrayValue ?? []
        #expect(audit.contains { $0["detail"]?.stringValue == "an outdated cookie was reused" })
        await fixture.workbench.stop()
    }

    typealias Answer = APIFixture.Answer

    @Test func aSessionEnds() async throws {
        let fixture = try await APIFixture()
        let browser = try await fixture.signIn(try await fixture.member("ada", .viewer))
        fixture.clock.advance(seconds: 29 * 86_400)
        #expect(try await fixture.ask(.get, "/api/v1/models", fields: browser).status == 200)
        fixture.clock.advance(seconds: 2 * 86_400)
        #expect(try await fixture.ask(.get, "/api/v1/models", fields: browser).status == 401)
        await fixture.workbench.stop()
    }

    @Test func aLinkBringsTheFirstOwnerBack() async throws {
        let fixture = try await APIFixture()
        #expect(try await fixture.access.hasOwner() == false)
        let url = try await fixture.post("/links").json["path"]?.stringValue ?? ""
        #expect(try await fixture.access.hasOwner() == false)
        let cookie = try #require(fixture.cookie(from: try await fixture.ask(.get, url, fields: [:])))
        #expect(try await fixture.access.hasOwner())
        let me = try await fixture.ask(.get, "/api/v1/account", fields: [.cookie: cookie]).json
        #expect(me["member"]?["name"]?.stringValue == "owner" && me["member"]?["role"]?.stringValue == "owner")
        #expect(try await fixture.post("/links", #"{"member":"nobody"}"#).status == 404)
        await fixture.workbench.stop()
    }

    @Test func aChangeThatCannotBeWrittenDownIsNotMade() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(10)).run.id
        try fixture.workbench.catalog.writeNow {
            _ = try $0.run("CREATE TRIGGER audit_is_full BEFORE INSERT ON audit BEGIN SELECT RAISE (ABORT, 'full'); END")
        }
        let visitor = Visitor(name: "local", role: .owner, isBrowser: false, address: "")
        let (workbench, access) = (fixture.workbench, fixture.access)
        await #expect(throws: (any Error).self) { try await workbench.submit(WorkbenchFixture.newRun(11), by: visitor) }
        await #expect(throws: (any Error).self) { try await workbench.cancel(run: run, by: visitor) }
        await #expect(throws: (any Error).self) { try await access.add(member: "ada", role: .viewer) }
        await #expect(throws: (any Error).self) { try await access.makeShare(.run, run, note: "", days: 1, live: true) }
        await #expect(throws: (any Error).self) { try await access.makeLink() }
        #expect(try await fixture.get("/runs").json["total"] == 1)
        #expect(try await fixture.get("/runs/\(run)").json["state"]?.stringValue == "queued")
        for empty in ["/members", "/shares"] { #expect(try await fixture.get(empty).json == [], "\(empty)") }
        await fixture.workbench.stop()
    }

    @Test func workIsInTheAuditLog() async throws {
        let fixture = try await APIFixture()
        let (study, runs) = try await fixture.endedStudy()
        _ = try await fixture.post("/studies/\(study)/cancel")
        let rerun = try #require(try await fixture.post("/runs/\(runs[0])/rerun").json["id"]?.stringValue)
        _ = try await fixture.post("/datasets", #"{"name":"mnist","from":"/nonexistent"}"#)
        let share = try #require(try await fixture.post("/shares", #"{"kind":"run","id":"\#(runs[0])"}"#).json["path"]?.stringValue)
        for _ in 0..<3 { _ = try await fixture.ask(.get, share, fields: [:]) }
        let entries = try await fixture.get("/audit").json["entries"]?.arrayValue ?? []
        let lines = entries.reversed().map { entry in ["action", "target"].map { entry[$0]?.stringValue ?? "" }.joined(separator: " ") }
        // Cancelling a finished study changes nothing, and opening a link again is only counted.
        let link = try #require(lines.last { $0.hasPrefix("open share ") })
        #expect(
            lines == [
                "submit study \(study)", "rerun run \(runs[0])", "add data set mnist", "add-failed data set mnist", "share run \(runs[0])", link,
            ], "\(lines)")
        #expect(entries.contains { $0["action"]?.stringValue == "rerun" && $0["detail"]?.stringValue == rerun })
        #expect(try await fixture.get("/shares").json[0]?["uses"] == 3)
        await fixture.workbench.stop()
    }

    @Test func everyChangeIsInTheAuditLog() async throws {
        let fixture = try await APIFixture()
        let owner = try await fixture.signIn(try await fixture.member("ada", .owner))
        let bob = try #require(try await fixture.ask(.post, "/api/v1/members", fields: owner, body: #"{"name":"bob"}"#).json["member"]?["id"]?.stringValue)
        _ = try await fixture.ask(.patch, "/api/v1/members/\(bob)", fields: owner, body: #"{"name":"rob","role":"editor","password":"correct horse battery"}"#)
        _ = try await fixture.ask(.delete, "/api/v1/members/\(bob)", fields: owner)
        _ = try await fixture.ask(.post, "/api/v1/account/tokens", fields: owner, body: #"{"name":"t"}"#)
        let page = try await fixture.ask(.get, "/api/v1/audit?limit=3", fields: owner).json
        #expect(page["entries"]?.arrayValue?.count == 3)
        let next = try #require(page["next_page_token"]?.stringValue)
        let rest = try await fixture.ask(.get, "/api/v1/audit?page_token=\(next)", fields: owner).json
        let all = (page["entries"]?.arrayValue ?? []) + (rest["entries"]?.arrayValue ?? [])
        let lines = all.map { "\($0["actor"]?.stringValue ?? "") \($0["action"]?.stringValue ?? "") \($0["target"]?.stringValue?.prefix(6) ?? "")" }
        for line in [
            "ada add token ", "ada remove member", "ada set-password member", "ada rename member", "ada change-role member", "ada invite member",
            "ada add member", "ada sign-in sessio",
        ] { #expect(lines.contains(line), "\(line) in \(lines)") }
        #expect(all.first?["address"]?.stringValue == "127.0.0.1" && all.first?["via"]?.stringValue == "session")
        #expect(page["total"]?.integerValue == Int64(all.count))
        // The log is a list like the others: filtered, sorted, paged.
        let query = "filter=" + "actor = 'ada' and action in ('remove', 'rename')".addingPercentEncoding(withAllowedCharacters: .alphanumerics)! + "&order_by=time"
        let some = try await fixture.ask(.get, "/api/v1/audit?\(query)", fields: owner).json
        #expect(some["entries"]?.arrayValue?.compactMap { $0["action"]?.stringValue } == ["rename", "remove"] && some["next_page_token"] == .null, "\(some)")
        await fixture.workbench.stop()
    }
}
