import Canonical
import Foundation
import TestSupport
import Testing

/// The view of a guest with a comparison's link in a real browser: the figures of the pinned runs, light and dark, narrow and wide, by keyboard.
@Suite("The page of a shared comparison", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct SharedComparisonPageTests {
    private func post(_ browser: Browser, _ path: String, _ body: String) async throws -> JSONValue {
        let script = "fetch('/api/v1\(path)', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(body))}).then(r => r.text())"
        return try JSONValue(parsing: try await browser.evaluate(script))
    }

    /// Four real ended runs of two models; a link pins three of them.
    private func pinned(_ owner: Browser) async throws -> (link: String, inside: [String], outside: String, study: String) {
        let plan = #"{"name":"Pinned","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":2,"steps":24,"width":0.0625,"#
            + #""batch_size":8,"sample_every":12,"checkpoint_every":12,"evaluation":{"every":12,"samples":256,"metrics":["fid","kid"]}}"#
        let made = try await post(owner, "/studies", plan)
        let study = try #require(made["id"]?.stringValue, "\(made.canonicalText)")
        let results = "fetch('/api/v1/studies/\(study)/results').then(r => r.json())"
        let ended = "(\(results)).then(r => r.models.every(m => m.runs.every(e => e.state === 'done')))"
        try await owner.wait(for: "await \(ended)", seconds: 300)
        let runs = try await owner.evaluate("(\(results)).then(r => r.models.flatMap(m => m.runs.map(e => e.run)).join())").split(separator: ",").map(String.init)
        try #require(runs.count == 4)
        let list = runs.prefix(3).map { "\"\($0)\"" }.joined(separator: ",")
        let share = try await post(owner, "/shares", #"{"kind":"comparison","runs":[\#(list)],"note":"For Ada"}"#)
        return (try #require(share["path"]?.stringValue), Array(runs.prefix(3)), runs[3], study)
    }

    private static let points = "[...document.querySelectorAll('.figure [data-run]')].map(e => e.dataset.run)"

    @Test func theGuestSeesTheFiguresOfThePinnedRuns() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("shared-page"))
        let owner = try await Browser()
        do {
            try await owner.open(server.link)
            try await owner.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let made = try await pinned(owner)
            for (name, settings) in [
                ("wide-light", Browser.Settings()), ("narrow-dark", .init(width: 390, height: 800, dark: true)), ("narrow-light", .init(width: 390, height: 800)),
                ("wide-dark", .init(dark: true)),
            ] { try await look(server, made, settings, name, inDepth: name == "narrow-dark") }
            #expect(try await owner.complaints() == [])
        } catch {
            Issue.record("\(error)")
        }
        await owner.close()
        try await server.stop()
    }

    private func look(
        _ server: RunningServer, _ made: (link: String, inside: [String], outside: String, study: String), _ settings: Browser.Settings, _ name: String, inDepth: Bool
    ) async throws {
        let guest = try await Browser(settings)
        do {
            try await guest.open(server.url + made.link)
            try await guest.wait(for: "location.pathname === '/shared' && !location.search && document.querySelectorAll('.figure [data-run]').length === 3")
            #expect(try await guest.evaluate("\(Self.points).sort().join()") == made.inside.sorted().joined(separator: ","))
            try await guest.wait(for: "document.querySelectorAll('#page tbody tr').length === 3 && document.querySelector('#share-note:not([hidden])')")
            #expect(try await guest.evaluate("document.body.textContent.includes('\(made.outside)')") == "false")
            #expect(try await guest.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true", "\(name)")
            let ground = settings.dark ? "rgb(14, 17, 20)" : "rgb(246, 247, 248)"
            #expect(try await guest.evaluate("getComputedStyle(document.body).backgroundColor") == ground)
            // The figure is drawn for the page's theme and width.
            try await guest.wait(for: "document.querySelector('.figure svg').getBoundingClientRect().right <= innerWidth")
            if let folder = ProcessInfo.processInfo.environment["FIDELIO_PICTURES"] { try await guest.screenshot(to: "\(folder)/shared-\(name).png") }
            // No changes and no other pages are offered.
            #expect(try await guest.evaluate("[...document.querySelectorAll('[data-needs], header nav')].filter(e => e.checkVisibility()).length") == "0")
            if inDepth { try await everyFigure(guest, made) }
            #expect(try await guest.complaints() == [], "\(name)")
        } catch {
            try? await guest.screenshot(to: NSTemporaryDirectory() + "fidelio-shared-\(name).png")
            Issue.record("\(name): \(error); the page complained: \((try? await guest.complaints()) ?? [])")
        }
        await guest.close()
    }

    private func everyFigure(_ guest: Browser, _ made: (link: String, inside: [String], outside: String, study: String)) async throws {
        for figure in ["ecdf", "budget", "profile", "improvement", "paired", "beside", "table", "spread", "transfer"] {
            try await guest.evaluate("document.querySelector('[data-figure=\(figure)]').focus()")
            try await guest.press("Enter")
            let isTable = ["table", "spread", "transfer"].contains(figure)
            let sight = isTable ? "document.querySelector('.panel tbody tr')" : "document.querySelector('.figure svg')"
            try await guest.wait(for: "location.search.includes('figure=\(figure)') && \(sight)")
            #expect(try await guest.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true", "\(figure)")
            if let folder = ProcessInfo.processInfo.environment["FIDELIO_PICTURES"], figure == "table" { try await guest.screenshot(to: "\(folder)/shared-table.png") }
        }
        let links = "Promise.all([...document.querySelectorAll('.tools a[download]')].map(a => fetch(a.href).then(r => r.status))).then(String)"
        #expect(try await guest.evaluate(links) == "200,200,200")
        // Another measured metric, the last evaluation; a run by its point.
        #expect(try await guest.evaluate("[...document.querySelectorAll('#compare-metric option')].map(o => o.value).join()") == "fid,kid")
        try await guest.evaluate("document.querySelector('[data-figure=distribution]').click()")
        try await guest.fill("#compare-metric", "kid")
        try await guest.wait(for: "location.search.includes('metric=kid') && document.querySelector('.figure svg')?.textContent.includes('KID') && \(Self.points).length === 3")
        try await guest.evaluate("document.querySelector('.figure [data-run]').focus()")
        try await guest.press("ArrowRight")
        try await guest.press("Enter")
        try await guest.wait(for: "location.pathname.startsWith('/runs/') && document.querySelector('h1')")
        // What is not pinned is rejected with a message, by the page and the API.
        for path in ["/runs/\(made.outside)", "/studies/\(made.study)", "/compare"] {
            let status = try await guest.evaluate("fetch('/api/v1\(path == "/compare" ? "/compare?studies=\(made.study)" : path)').then(r => r.status)")
            #expect(status == "403", "\(path)")
        }
        _ = try await guest.complaints()
    }
}
