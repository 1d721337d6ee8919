import Canonical
import HTTPServer
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import Access
@testable import API
import Catalog
@testable import Execution

/// Live events of notebooks: to members who ask, and to nobody else.
@Suite("Live events of notebooks", .serialized)
struct NotebookLiveTests {
    /// Events of a filter until the text of one contains `end`.
    private func events(_ hub: LiveHub, _ filter: LiveFilter, until end: String, _ act: () async throws -> Void) async throws -> [LiveEvent] {
        let stream = hub.watch(filter)
        try await act()
        hub.publish("run", run: filter.run ?? "r", study: filter.study, data: "\"\(end)\"")
        var found: [LiveEvent] = []
        for await event in stream {
            if event.data.contains(end) { break }
            found.append(event)
        }
        return found
    }

    @Test func whoAskedForANotebookHearsOfIt() async throws {
        let fixture = try await APIFixture()
        let (id, other) = (try await fixture.notebook(), try await fixture.notebook())
        #expect(other == "start-here-2")
        let act = {
            _ = try await fixture.operate(id, "ada", 7, [APIFixture.edit("intro", "x", base: 0)])
            let sent = try await fixture.post("/notebooks/\(id)/presence", #"{"client":"ada","cell":"intro","editing":true}"#)
            #expect(sent.status == 204, "\(sent.text)")
            _ = try await fixture.post("/notebooks/\(id)/comments", #"{"cell":"intro","text":"?"}"#)
        }
        let hub = fixture.workbench.hub
        let hers = try await events(hub, LiveFilter(notebook: id), until: "first", act)
        #expect(hers.map(\.name) == ["hello", "notebook", "presence", "comments"] && hers.map(\.isVolatile) == [false, false, true, false])
        let told = try JSONValue(parsing: hers[1].data)
        #expect(told["client"] == "ada" && told["counter"] == 7 && told["sequence"] == 1 && told["operations"]?[0]?["source"] == "x" && told["notebook"]?.stringValue == id)
        #expect(try JSONValue(parsing: hers[2].data) == ["notebook": .string(id), "client": "ada", "author": "local", "cell": "intro", "editing": true, "leaving": false])
        // Presence takes no number: who reconnects after it has missed nothing.
        #expect(hers[2].id == hers[1].id && hers[3].id == hers[1].id + 1)
        for filter in [LiveFilter(), LiveFilter(notebook: other), LiveFilter(run: "r"), LiveFilter(study: "s")] {
            let found = try await events(hub, filter, until: "the end") { _ = try await fixture.operate(id, "ada", 8 + Int.random(in: 1...1 << 40), [APIFixture.edit("intro", "y", base: 0)]) }
            #expect(found.map(\.name) == ["hello"], "\(filter)")
        }
        await fixture.workbench.stop()
    }

    /// A returning page gets what it missed, and no presence of then.
    @Test func whoReturnsGetsWhatWasMissed() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let hub = fixture.workbench.hub
        let hello = try await events(hub, LiveFilter(notebook: id), until: "a") {}[0]
        _ = try await fixture.operate(id, "ada", 1, [APIFixture.edit("intro", "x", base: 0)])
        _ = try await fixture.post("/notebooks/\(id)/presence", #"{"client":"ada"}"#)
        var iterator = hub.watch(LiveFilter(notebook: id), after: hello.id).makeAsyncIterator()
        hub.publish("run", run: "r", data: "\"last\"")
        var missed: [String] = []
        while let event = await iterator.next(), event.data != "\"last\"" { missed.append(event.name) }
        #expect(missed == ["run", "notebook"])
        await fixture.workbench.stop()
    }

    @Test func keptEventsAreBoundedInBytes() async throws {
        let hub = LiveHub(startedAt: 1)
        let text = String(repeating: "x", count: 4 << 20)
        for _ in 0..<40 { hub.publish("notebook", notebook: "n", data: text) }
        let first = LiveHub(startedAt: 1).watch(LiveFilter(notebook: "n"))
        var hello = first.makeAsyncIterator()
        let start = try #require(await hello.next()).id
        // What came right after the start is gone: begin anew.
        var late = hub.watch(LiveFilter(notebook: "n"), after: start).makeAsyncIterator()
        #expect(await late.next()?.name == "reset")
        var recent = hub.watch(LiveFilter(notebook: "n"), after: start + 37).makeAsyncIterator()
        #expect(await recent.next()?.id == start + 38)
    }

    @Test func guestsHearNothing() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(5)).run.id
        let guest = try await fixture.guest(.run, run)
        for query in ["notebook=\(id)", "run=\(run)&notebook=\(id)"] {
            #expect(try await fixture.ask(.get, "/api/v1/events?\(query)", fields: guest).json["code"] == "outside-share")
        }
        #expect(try await fixture.ask(.get, "/api/v1/events?run=\(run)", fields: guest).status == 200)
        #expect(try await fixture.get("/events?notebook=none").status == 404)
        await fixture.workbench.stop()
    }

    /// The stream of a member ends with the membership, as every other does.
    @Test func aStreamEndsWithItsGrant() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        _ = try await fixture.member("first", .owner)
        let ada = try await fixture.member("ada", .viewer)
        var fields = try await fixture.signIn(ada)
        fields[HTTPField.Name("Host")!] = "127.0.0.1:8642"
        let response = await fixture.door.respond(to: try Request(target: "/api/v1/events?notebook=\(id)", headerFields: fields))
        let lease = try #require(response.lease)
        #expect(response.status == .ok && !lease.hasEnded)
        #expect(try await fixture.ask(.delete, "/api/v1/members/\(ada.id)").status == 200)
        #expect(lease.hasEnded)
        await fixture.workbench.stop()
    }

    /// A viewer reads and says where it is, and changes nothing.
    @Test func viewersReadAndEditorsChange() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook()
        let (viewer, editor) = (try await fixture.signIn(fixture.member("vic", .viewer)), try await fixture.signIn(fixture.member("ed", .editor)))
        #expect(try await fixture.operate(id, "v", 1, [APIFixture.edit("intro", "x", base: 0)], fields: viewer).status == 403)
        #expect(try await fixture.operate(id, "e", 1, [APIFixture.edit("intro", "x", base: 0)], fields: editor).status == 200)
        let seen = try await fixture.ask(.get, "/api/v1/notebooks/\(id)", fields: viewer)
        #expect(seen.json["changed_by"] == "ed" && seen.json["cells"]?[0]?["source"] == "x")
        #expect(try await fixture.ask(.post, "/api/v1/notebooks/\(id)/presence", fields: viewer, body: #"{"client":"v"}"#).status == 204)
        await fixture.workbench.stop()
    }
}
