import Canonical
import Foundation
import TestSupport
import Testing

/// Hostile user-supplied names and texts, in every field that accepts one, on every page, in a real browser: none is rendered as markup.
@Suite("Hostile text", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct HostileTextTests {
    static let hostile = "<img src=x onerror=window.broken=1>\"'><script>window.broken=2</script>&lt;svg onload=window.broken=3>{{7*7}}"
    /// Within 80 characters, for shorter names.
    static let short = "\"'><img src=x onerror=window.broken=4><script>window.broken=5</script>"

    /// Calls the API from the page, with the page's own cookie.
    private func ask(_ browser: Browser, _ method: String, _ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let options: JSONValue = .object([
            "method": .string(method), "headers": body == nil ? [:] : ["Content-Type": "application/json"],
        ])
        var script = "Object.assign(\(options.canonicalText)"
        if let body { script += ", {body: JSON.stringify(\(body.canonicalText))}" }
        let text = try await browser.evaluate("fetch('/api/v1\(path)', \(script))).then(r => r.text())")
        return (try? JSONValue(parsing: text)) ?? .null
    }

    private func isWhole(_ browser: Browser, _ place: String) async throws {
        try await browser.wait(for: "document.querySelector('h1')")
        try await browser.settle()
        #expect(try await browser.evaluate("window.broken ?? 'whole'") == "whole", "\(place)")
        #expect(try await browser.evaluate("document.querySelectorAll('img[src=x], [onerror], [onload], main script').length") == "0", "\(place)")
    }

    @Test func nothingThatPeopleWriteBecomesMarkup() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("hostile"))
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let plan: JSONValue = .object([
                "name": .string(HostileTextTests.hostile), "dataset": "polygons", "models": ["ns-gan"], "protocol": ["kind": "single"],
                "seeds": 1, "steps": 100000,
            ])
            let study = try #require(try await ask(browser, "POST", "/studies", plan)["id"]?.stringValue)
            let run = try #require(
                try await ask(browser, "GET", "/studies/\(study)/results", nil)["models"]?[0]?["runs"]?[0]?["run"]?.stringValue)
            let member = try #require(
                try await ask(browser, "POST", "/members", .object(["name": .string(HostileTextTests.short)]))["path"]?.stringValue)
            #expect(try await ask(browser, "POST", "/account/tokens", .object(["name": .string(HostileTextTests.short)]))["secret"] != nil)
            let share = try #require(
                try await ask(browser, "POST", "/shares", .object(["kind": "study", "id": .string(study), "note": .string(HostileTextTests.hostile)]))["path"]?.stringValue)
            // The owner has such a name too, and created what is shared.
            let me = try #require(try await ask(browser, "GET", "/account", nil)["member"]?["id"]?.stringValue)
            #expect(try await ask(browser, "PATCH", "/members/\(me)", .object(["name": .string(HostileTextTests.short + "2")]))["name"] != nil)
            let second = try #require(
                try await ask(browser, "POST", "/shares", .object(["kind": "run", "id": .string(run), "note": .string(HostileTextTests.hostile)]))["path"]?.stringValue)

            // The server rejects a slash in a path component, and treats a name with a dot as a file.
            let encoded = HostileTextTests.hostile.replacing("/", with: "").replacing("window.", with: "").addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
            for path in [
                "/", "/studies", "/studies/\(study)", "/runs", "/runs?q=\(encoded)&sort=\(encoded)", "/runs/\(run)", "/datasets", "/account", "/shares",
                "/members", "/audit", "/studies/new", "/\(encoded)", "/runs/\(encoded)", "/studies/\(encoded)", "/studies/\(study)?sort=\(encoded)&model=\(encoded)",
            ] {
                try await browser.open(server.url + path)
                try await isWhole(browser, path)
            }
            // It is displayed as text.
            try await browser.open(server.url + "/members")
            try await browser.wait(for: "document.body.textContent.includes('<script>window.broken=5</script>')")
            try await browser.open(server.url + "/studies/\(study)")
            try await browser.wait(for: "document.querySelector('h1').textContent.includes('<script>window.broken=2</script>')")
            try await browser.click("button", text: "Share")
            try await browser.wait(for: "document.querySelector('dialog[open] h2').textContent.includes('<img')")
            try await isWhole(browser, "the dialog")
            try await errorsAreText(browser, server)
            try await unknownPathsAside(browser)
            await browser.close()

            let guest = try await Browser()
            for path in [member, share, second, "/?token=\(encoded)", "/\(encoded)"] {
                try await guest.open(server.url + path)
                try await isWhole(guest, "as a guest: \(path)")
            }
            try await guest.open(server.url + second)
            try await guest.wait(for: "document.querySelector('#share-note')?.textContent.includes('<script>window.broken=2</script>')")
            try await isWhole(guest, "the note of a link")
            try await unknownPathsAside(guest)
            await guest.close()
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-hostile.png")
            Issue.record("\(error)")
            await browser.close()
        }
        try await server.stop()
    }

    /// Error messages quote the invalid value: in the forms of data sets and studies, and at a filter.
    private func errorsAreText(_ browser: Browser, _ server: RunningServer) async throws {
        try await browser.open(server.url + "/datasets")
        try await browser.fill("input[name=from]", "/" + HostileTextTests.hostile)
        try await browser.evaluate("document.querySelector('input[name=from]').form.requestSubmit()")
        try await browser.wait(for: "document.querySelector('.problem')?.textContent.includes('<img src=x')")
        try await isWhole(browser, "the error of a data set")
        try await browser.open(server.url + "/runs")
        try await browser.wait(for: "document.querySelector('#filter')")
        try await browser.evaluate(
            "(f => { f.value = \"model = <img src=x onerror=window.broken=6>\"; f.form.requestSubmit(); })(document.querySelector('#filter'))")
        try await browser.wait(for: "document.querySelector('main').textContent.includes('<img') || document.querySelector('.problem, .error:not(:empty)')")
        try await isWhole(browser, "the error of a filter")
        // A study name with a line break is rejected, and the plan displayed as JSON is text.
        try await browser.open(server.url + "/studies/new")
        try await browser.fill("input[name=name]", HostileTextTests.hostile)
        try await browser.wait(for: "document.querySelector('#plan-text')?.value.includes('<script>window.broken=2')")
        try await isWhole(browser, "the form of a study")
    }

    /// The browser itself logs rejected requests and missing resources; nothing else may be logged.
    private func unknownPathsAside(_ browser: Browser) async throws {
        let complaints = try await browser.complaints().filter { complaint in
            !["400", "401", "403", "404", "422"].contains { complaint.contains("status of \($0)") }
        }
        #expect(complaints == [])
    }
}
