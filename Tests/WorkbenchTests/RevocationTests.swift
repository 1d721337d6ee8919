import Canonical
import Foundation
import HTTPServer
import HTTPTypes
import Logging
import Synchronization
import TestSupport
import Testing

@testable import API
@testable import Catalog
@testable import Access
@testable import Execution
@testable import Server
@testable import Storage

/// Long responses end with the permission behind them, whatever kind it is and however it ends.
@Suite("Revocation during a response", .serialized)
struct RevocationTests {
    /// Live events of one run, or of all, as a reader with these fields gets them.
    private func stream(_ fixture: APIFixture, _ fields: HTTPFields, _ path: String = "/api/v1/events") async throws -> ResponseLease {
        var fields = fields
        fields[HTTPField.Name("Host")!] = "127.0.0.1:8642"
        let response = await fixture.door.respond(to: try Request(target: path, headerFields: fields))
        try #require(response.status == .ok)
        return try #require(response.lease, "an answer that takes a while has a lease")
    }

    private func holds(_ lease: ResponseLease) -> Bool { !lease.hasEnded }

    @Test func aRevokedLinkEndsItsStreams() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let path = "/api/v1/events?run=\(run)"
        let (first, second) = (try await fixture.guest(.run, run), try await fixture.guest(.run, run))
        let shares = try fixture.workbench.catalog.readNow { try $0.shares() }
        let leases = [try await stream(fixture, first, path), try await stream(fixture, second, path)]
        let owner = try await stream(fixture, [.authorization: "Bearer \(fixture.token)"])
        #expect(leases.allSatisfy(holds) && holds(owner))
        for share in shares {
            let before = leases.count(where: holds)
            #expect(try await fixture.ask(.delete, "/api/v1/shares/\(share.id)").status == 204)
            #expect(leases.count(where: holds) == before - 1, "ended when the change is acknowledged, and no other with it")
        }
        #expect(holds(owner))
        await fixture.workbench.stop()
    }

    @Test func aLinkThatRunsOutEndsItsStreams() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let brief = try await stream(fixture, try await fixture.guest(.run, run, days: 1), "/api/v1/events?run=\(run)")
        let long = try await stream(fixture, try await fixture.guest(.run, run, days: 2), "/api/v1/events?run=\(run)")
        fixture.clock.advance(seconds: 86_400 + 1)
        try await waitUntil(within: 10) { brief.hasEnded }
        #expect(holds(long))
        await fixture.workbench.stop()
    }

    @Test func aMemberWhoIsRemovedHearsNoMore() async throws {
        let fixture = try await APIFixture()
        _ = try await fixture.member("first", .owner)
        let (ada, eve) = (try await fixture.member("ada", .editor), try await fixture.member("eve", .editor))
        let session = try await fixture.signIn(ada)
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let shared = try await fixture.ask(.post, "/api/v1/shares", fields: session, body: #"{"kind":"run","id":"\#(run)"}"#)
        let opened = try await fixture.ask(.get, try #require(shared.json["path"]?.stringValue), fields: [:])
        let guest = APIFixture.browser(try #require(fixture.cookie(from: opened)))
        let hers = [
            try await stream(fixture, session), try await stream(fixture, try await fixture.bearer(ada, .read)),
            try await stream(fixture, guest, "/api/v1/events?run=\(run)"),
        ]
        let others = [try await stream(fixture, try await fixture.signIn(eve)), try await stream(fixture, try await fixture.bearer(eve, .read))]
        let removed = try await fixture.ask(.delete, "/api/v1/members/\(ada.id)")
        #expect(removed.json["ended"] == ["sessions": 1, "tokens": 1, "shares": 1], "\(removed.text)")
        #expect(hers.allSatisfy(\.hasEnded) && others.allSatisfy(holds))
        // The link of a removed member shows nothing.
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: guest).status == 401)
        let audit = try await fixture.get("/audit").json["entries"]?.arrayValue ?? []
        #expect(audit.contains { $0["action"] == "remove" && $0["detail"] == "ada; ended: 1 sessions, 1 tokens, 1 share links" })
        await fixture.workbench.stop()
    }

    /// Links of members who were removed by an earlier release are invalid too.
    @Test func aLinkIsAsGoodAsItsMaker() async throws {
        let fixture = try await APIFixture()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let made = try await fixture.access.makeShare(.run, run, note: "", days: 1, live: true)
        let ada = try await fixture.member("ada", .editor)
        try await fixture.workbench.catalog.write { writer in
            var share = try #require(try writer.reader.share(made.share.id))
            share.id = "0123456789abcdef"
            share.hash = Secret.hash("a secret of old")
            share.member = ada.id
            try writer.insert(share)
            // In the format in which earlier releases stored a removal.
            try writer.run("UPDATE members SET removed = 5 WHERE id = '\(ada.id)'")
        }
        #expect(try await fixture.ask(.get, "/?share=\(made.secret)", fields: [:]).status == 303)
        #expect(try await fixture.ask(.get, "/?share=a secret of old".replacing(" ", with: "+"), fields: [:]).status == 401)
        #expect(try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: [.cookie: "fidelio-share-8642=a secret of old"]).status == 401)
        await fixture.workbench.stop()
    }

    @Test func anotherRoleEndsStreams() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .editor)
        let (session, token) = (try await fixture.signIn(ada), try await fixture.bearer(ada, .admin))
        let leases = [try await stream(fixture, session), try await stream(fixture, token)]
        _ = try await fixture.ask(.patch, "/api/v1/members/\(ada.id)", body: #"{"name":"Ada"}"#)
        #expect(leases.allSatisfy { !$0.hasEnded }, "another name is no other right")
        _ = try await fixture.ask(.patch, "/api/v1/members/\(ada.id)", body: #"{"role":"viewer"}"#)
        #expect(leases.allSatisfy { $0.hasEnded })
        let again = try await stream(fixture, session)
        #expect(holds(again), "a viewer may watch: the browser connects again")
        await fixture.workbench.stop()
    }

    @Test func aSessionThatEndsTakesItsStreamsAlong() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .owner)
        var sessions: [HTTPFields] = []
        for _ in 0..<4 { sessions.append(try await fixture.signIn(ada)) }
        var leases: [ResponseLease] = []
        for fields in sessions { leases.append(try await stream(fixture, fields)) }
        // Signed out by its own browser; by a new password, which ends all but the one that set it; by an owner.
        #expect(try await fixture.ask(.post, "/api/v1/sign-out", fields: sessions[0]).status == 204)
        #expect(leases.map(\.hasEnded) == [true, false, false, false])
        let password = #"{"password":"correct horse battery"}"#
        #expect(try await fixture.ask(.post, "/api/v1/account/password", fields: sessions[1], body: password).status == 204)
        #expect(leases.map(\.hasEnded) == [true, false, true, true])
        #expect(try await fixture.ask(.post, "/api/v1/members/\(ada.id)/sign-out").status == 204)
        #expect(leases.allSatisfy { $0.hasEnded })
        let late = try await stream(fixture, try await fixture.signIn(ada))
        fixture.clock.advance(seconds: AccessControl.sessionDays * 86_400 + 1)
        try await waitUntil(within: 10) { late.hasEnded }
        await fixture.workbench.stop()
    }

    /// Rotating a session's secret, and using it, does not end the permission.
    @Test func aStreamOutlivesItsCookieNotItsSession() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .viewer)
        let old = try await fixture.signIn(ada)
        let lease = try await stream(fixture, old)
        fixture.clock.advance(seconds: 13 * 3600)
        let next = APIFixture.browser(try #require(fixture.cookie(from: try await fixture.ask(.get, "/api/v1/status", fields: old))))
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: next).status == 200)
        fixture.clock.advance(seconds: 61)
        await fixture.access.reviewLeases()
        #expect(holds(lease))
        // The old cookie comes once more: somebody copied it, and the session ends for both.
        #expect(try await fixture.ask(.get, "/api/v1/status", fields: old).status == 401)
        #expect(lease.hasEnded)
        await fixture.workbench.stop()
    }

    @Test func aRevokedTokenEndsItsStreams() async throws {
        let fixture = try await APIFixture()
        let ada = try await fixture.member("ada", .editor)
        let browser = try await fixture.signIn(ada)
        let made = try await fixture.access.makeToken(member: ada.id, name: "nightly", role: .viewer, days: 1)
        let other = try await fixture.access.makeToken(member: ada.id, name: "weekly", role: .viewer, days: 1)
        let revoked = try await stream(fixture, [.authorization: "Bearer \(made.secret)"])
        let expiring = try await stream(fixture, [.authorization: "Bearer \(other.secret)"])
        let session = try await stream(fixture, browser)
        #expect(try await fixture.ask(.delete, "/api/v1/account/tokens/\(made.token.id)", fields: browser).status == 204)
        #expect(revoked.hasEnded && holds(expiring) && holds(session))
        fixture.clock.advance(seconds: 86_401)
        try await waitUntil(within: 10) { expiring.hasEnded }
        #expect(holds(session))
        await fixture.workbench.stop()
    }

    @Test func theTokenOfAStartEndsWithTheNext() async throws {
        let fixture = try await APIFixture()
        let old = try await stream(fixture, [.authorization: "Bearer \(fixture.token)"])
        let fresh = try await fixture.access.makeLocalToken()
        #expect(old.hasEnded)
        let new = try await stream(fixture, [.authorization: "Bearer \(fresh)"])
        #expect(holds(new))
        await fixture.workbench.stop()
    }

    /// Files and long responses have a lease; short ones need none; a completed or aborted response releases it.
    @Test func whatTakesAWhileHasALease() async throws {
        let fixture = try await APIFixture()
        let (_, runs) = try await fixture.endedStudy()
        let digest = try #require(try await fixture.get("/runs/\(runs[0])/checkpoints").json[0]?["digest"]?.stringValue)
        let bearer: HTTPFields = [.authorization: "Bearer \(fixture.token)", .init("Host")!: "127.0.0.1:8642"]
        for (path, isHeld) in [
            ("/checkpoints/\(digest).npz", true), ("/runs/\(runs[0])/samples/10.png", true), ("/openapi.json", true), ("/events", true),
            ("/status", false), ("/runs/\(runs[0])", false),
        ] {
            var response: Response? = await fixture.door.respond(to: try Request(target: "/api/v1" + path, headerFields: bearer))
            #expect((response?.lease != nil) == isHeld, "\(path)")
            #expect(fixture.access.leases.count == (isHeld ? 1 : 0))
            response = nil
            #expect(fixture.access.leases.count == 0, "\(path)")
        }
        await fixture.workbench.stop()
    }

    // MARK: - Over sockets

    /// A server with a stream for each kind of permission; when the permission ends, so does the stream, before it sends anything new.
    @Test func streamsEndOverSockets() async throws {
        let files = try WorkbenchFixture()
        let server = try await FidelioServer.start(
            ServerSettings(
                storage: files.storage, port: 0, executable: files.worker,
                workbench: WorkbenchSettings(cores: 2, pollInterval: .milliseconds(20)), models: APIFixture.models),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let access = server.access
        let run = try await server.workbench.submit(WorkbenchFixture.waitingRun(1, steps: 30)).run.id
        let ada = try await access.add(member: "ada", role: .editor)
        let token = try await access.makeToken(member: ada.id, name: "a token", role: .viewer, days: 1)
        let share = try await access.makeShare(.run, run, note: "", days: 1, live: true)
        let port = try #require(server.url.split(separator: ":").last)
        let link = try await access.makeLink(member: ada.id)
        let entered = try await Tool.finish("curl", ["-sS", "-i", "--max-time", "60", server.url + "/?token=\(link)"]).output
        let cookie = try #require(entered.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("set-cookie:") }?.dropFirst(11).prefix { $0 != ";" })
        let local = try #require(ServerFile.live(in: files.storage)).token
        let rights: [(name: String, header: String, end: @Sendable () async throws -> Void)] = [
            ("share link", "Cookie: fidelio-share-\(port)=\(share.secret)", { try await Visitor.$current.withValue(Self.owner) { try await access.revoke(share: share.share.id) } }),
            ("token", "Authorization: Bearer \(token.secret)", { try await access.revoke(token: token.token.id, ofMember: ada.id) }),
            ("session", "Cookie:\(cookie)", { try await access.endSessions(ofMember: ada.id, except: nil) }),
            ("start", "Authorization: Bearer \(local)", { _ = try await access.makeLocalToken() }),
        ]
        let folder = try TemporaryFolder("streams")
        for right in rights {
            let output = folder.path(right.name)
            let reader = try ChildProcess(
                "curl", ["-sS", "-N", "--max-time", "60", "-H", right.header, server.url + "/api/v1/events?run=\(run)"], output: .file(output))
            try await waitUntil { server.workbench.hub.watcherCount > 0 && access.leases.count > 0 }
            server.workbench.hub.publish("run", run: run, data: #"{"told":"before"}"#)
            try await waitUntil { text(output).contains("before") }
            try await right.end()
            let ended = ContinuousClock.now
            server.workbench.hub.publish("run", run: run, data: #"{"told":"after"}"#)
            #expect(try await reader.end(within: 30) == 0, "\(right.name): the stream ends as if there was nothing more")
            let took = ended.duration(to: .now)
            #expect(took < .seconds(5), "\(right.name): \(took)")
            #expect(text(output).contains("before") && !text(output).contains("after"), "\(right.name): \(text(output))")
            try await waitUntil { server.workbench.hub.watcherCount == 0 }
            #expect(server.workbench.hub.watcherCount == 0 && access.leases.count == 0, "\(right.name)")
        }
        files.release(run)
        await server.stop()
    }

    private static let owner = Visitor(name: "local", role: .owner, isBrowser: false, address: "")

    private func text(_ path: String) -> String { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// A download by a slow reader is aborted, so that the received part does not pass for the whole.
    @Test func aDownloadIsBrokenOff() async throws {
        let files = try WorkbenchFixture()
        let server = try await FidelioServer.start(
            ServerSettings(
                storage: files.storage, port: 0, executable: files.worker,
                workbench: WorkbenchSettings(cores: 2, pollInterval: .milliseconds(20)), models: APIFixture.models),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let access = server.access
        let ada = try await access.add(member: "ada", role: .viewer)
        let token = try await access.makeToken(member: ada.id, name: "a token", role: .viewer, days: 1)
        let run = try await server.workbench.submit(WorkbenchFixture.newRun(3)).run.id
        try await server.workbench.wait(for: run)
        let bytes = 32 << 20
        try Data(count: bytes).write(to: URL(fileURLWithPath: files.storage.run(run).log))
        let folder = try TemporaryFolder("download")
        let output = folder.path("log")
        let reader = try ChildProcess(
            "curl", ["-sS", "--limit-rate", "10k", "--max-time", "600", "-H", "Authorization: Bearer \(token.secret)", "-o", output, server.url + "/api/v1/runs/\(run)/log"])
        try await waitUntil { access.leases.count != 0 }
        func received() -> Int { (try? FileManager.default.attributesOfItem(atPath: output)[.size] as? Int) ?? 0 }
        try await waitUntil { received() != 0 }
        #expect(access.leases.count == 1)
        try await access.revoke(token: token.token.id, ofMember: ada.id)
        // At this rate the whole would take an hour; what the system holds for the reader is all that still comes.
        try await waitUntil { access.leases.count == 0 }
        #expect(access.leases.count == 0)
        // The reader may have noticed by now; it did not end well then.
        reader.send(SIGKILL)
        #expect(try await reader.end(within: 60) != 0)
        #expect((1..<bytes).contains(received()))
        await server.stop()
    }
}
