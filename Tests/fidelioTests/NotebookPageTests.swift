import Canonical
import Foundation
import TestSupport
import Testing

/// Notebooks in real browsers, on a real server that is killed and comes back.
@Suite("The notebook's page", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct NotebookPageTests {
    private static let plan =
        #"{"name":"Shown","dataset":"polygons","models":["ns-gan","wgan"],"protocol":{"kind":"single"},"seeds":[0],"steps":24,"width":0.0625,"batch_size":8,"sample_every":6,"checkpoint_every":12,"evaluation":{"every":12,"samples":256}}"#

    private func post(_ browser: Browser, _ path: String, _ body: String) async throws -> JSONValue {
        let script = "fetch('/api/v1\(path)', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(body))}).then(r => r.text())"
        return try JSONValue(parsing: try await browser.evaluate(script))
    }

    /// The stored document.
    private func stored(_ browser: Browser, _ id: String) async throws -> JSONValue {
        try JSONValue(parsing: try await browser.evaluate("fetch('/api/v1/notebooks/\(id)').then(r => r.text())"))
    }

    private func type(_ browser: Browser, _ text: String) async throws {
        for character in text { try await browser.press(character == "\n" ? "Enter" : String(character)) }
    }

    /// Opens the editor of a cell with the caret at a place; the end without one.
    private func edit(_ browser: Browser, _ cell: String, at caret: Int? = nil) async throws {
        let element = "document.querySelector('.nb-cell[data-cell=\"\(cell)\"]')"
        try await browser.wait(for: element)
        if try await browser.evaluate("\(element).querySelector('textarea.nb-field') === null") == "true" {
            try await browser.evaluate("\(element).focus()")
            try await browser.press("Enter")
        }
        try await browser.wait(for: "\(element).querySelector('textarea.nb-field')")
        let place = caret.map(String.init) ?? "f.value.length"
        try await browser.evaluate("(f => { f.focus(); f.setSelectionRange(\(place), \(place)); })(\(element).querySelector('textarea.nb-field'))")
    }

    private static let isSaved = "document.querySelector('.nb-save')?.dataset.state === 'saved'"

    /// A new notebook from the list to a text with a bound number and a figure, which are there again after a reload.
    @Test func theFirstNotebook() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("notebook"))
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let study = try #require(try await post(browser, "/studies", Self.plan)["id"]?.stringValue)
            try await browser.click("a", text: "Notebooks")
            try await browser.click("button", text: "New notebook")
            try await browser.wait(for: "location.pathname.startsWith('/notebooks/') && document.querySelector('.nb-title-field')")
            let id = try await browser.evaluate("location.pathname.split('/')[2]")
            try await browser.fill(".nb-title-field", "What we found")

            try await browser.click(".nb-end button")
            try await browser.click(".nb-menu-item", text: "Text")
            try await browser.wait(for: "document.activeElement.matches('textarea.nb-field')")
            try await type(browser, "# Runs\n\nThere are {{ count(study = \"Shown\") }} runs.")
            try await browser.wait(for: "document.querySelector('.nb-output .bound')?.textContent === '2'")
            try await browser.press("Escape")
            try await browser.wait(for: Self.isSaved)

            // Every letter is a command now: an SQL cell below, deleted, and brought back.
            try await browser.press("b")
            try await browser.wait(for: "document.querySelectorAll('.nb-cell').length === 2")
            for key in ["d", "d"] { try await browser.press(key) }
            try await browser.wait(for: "document.querySelectorAll('.nb-cell').length === 1")
            try await browser.press("z")
            try await browser.wait(for: "document.querySelectorAll('.nb-cell').length === 2 && document.querySelector('.nb-notice').textContent.startsWith('Undone')")

            let isDone = "fetch('/api/v1/studies/\(study)').then(r => r.json()).then(s => s.runs.done === 2)"
            try await browser.wait(for: "await \(isDone)", seconds: 240)
            try await browser.click(".nb-end button")
            try await browser.click(".nb-menu-item", text: "Figure")
            try await browser.wait(for: "document.querySelector('.nb-form input')")
            try await browser.fill(".nb-form input", "Shown")
            try await browser.wait(for: Self.isSaved)
            let figure = "document.querySelector('.nb-cell[data-kind=figure]')"
            try await browser.evaluate("[...\(figure).querySelectorAll('button')].find(b => b.textContent === 'Update').click()")
            try await browser.wait(for: "\(figure).querySelector('.nb-output img')?.naturalWidth > 100 || \(figure).querySelector('.nb-output svg')")
            try await browser.wait(for: "\(figure).dataset.state === 'fresh'")

            try await browser.evaluate("location.reload()")
            try await browser.wait(for: "document.querySelectorAll('.nb-cell').length === 3 && document.querySelector('.nb-title-field').value === 'What we found'")
            try await browser.wait(for: "document.querySelector('.nb-output .bound')?.textContent === '2' && \(figure).querySelector('.nb-output img, .nb-output svg')")
            #expect(try await browser.evaluate("document.title") == "What we found · Fidelio")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")
            let document = try await stored(browser, id)
            #expect(document["cells"]?[0]?["source"]?.stringValue == "# Runs\n\nThere are {{ count(study = \"Shown\") }} runs.")
            let nameless = "[...document.querySelectorAll('a, button, input, select, textarea')].filter(e => !(e.ariaLabel || e.title || e.textContent.trim() || e.labels?.length)).length"
            #expect(try await browser.evaluate(nameless) == "0")
            let complaints = try await browser.complaints()
            #expect(complaints == [], "\(complaints)")
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-notebook.png")
            Issue.record("\(error); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }

    /// Two browsers type into the same words, in the same and in other cells, through a killed server and a closed tab: every keystroke is stored in the end.
    @Test func twoBrowsersLoseNothing() async throws {
        let storage = try TemporaryFolder("notebook")
        var server = try await RunningServer(storage: storage)
        let browsers = [try await Browser(), try await Browser(.init(width: 700))]
        var typed: [String] = []
        do {
            for browser in browsers {
                // A link works once.
                let link = try JSONValue(parsing: try await Program.run("link", "--json", "--storage", storage.path).output)
                try await browser.open(try #require(link["url"]?.stringValue))
                try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            }
            let text = "<!-- cell a -->\nShared words stand here.\n\n<!-- cell b -->\nOther words.\n\n<!-- cell c -->\nLast words.\n"
            let source = "{\"text\": \"---\\nfidelio: notebook\\nversion: 1\\ntitle: Together\\n---\\n\\n\(text.replacing("\n", with: "\\n"))\"}"
            let id = try #require(try await post(browsers[0], "/notebooks", source)["id"]?.stringValue)
            for browser in browsers {
                try await browser.open(server.url + "/notebooks/\(id)")
                try await browser.wait(for: "document.querySelectorAll('.nb-cell').length === 3")
            }
            var random = TestRandom(seed: 20261129)
            /// A word of its own at a place of a cell, in one browser.
            func typeWord(_ place: Int, _ cell: String, at caret: Int? = nil) async throws {
                let word = "w\(place)x\(typed.count)q"
                try await edit(browsers[place], cell, at: caret)
                try await type(browsers[place], " \(word) ")
                typed.append(word)
            }
            // The same place in both: one of them becomes a draft.
            for round in 0..<3 {
                async let first: Void = edit(browsers[0], "a", at: 6 + round)
                async let second: Void = edit(browsers[1], "a", at: 6 + round)
                _ = try await (first, second)
                try await typeWord(0, "a", at: 6)
                try await typeWord(1, "a", at: 6)
            }
            for _ in 0..<12 { try await typeWord(Int.random(in: 0...1, using: &random), ["a", "b", "c"].randomElement(using: &random) ?? "a") }
            try await server.kill()
            for _ in 0..<8 { try await typeWord(Int.random(in: 0...1, using: &random), ["a", "b", "c"].randomElement(using: &random) ?? "a") }
            try await typeWord(1, "b")
            // One tab goes away while the server is gone. What it typed is in that browser.
            try await browsers[1].wait(for: "['unreachable', 'kept'].includes(document.querySelector('.nb-save').dataset.state)")
            try await browsers[1].open("about:blank")
            server = try await RunningServer(storage: storage, port: server.port)
            try await browsers[0].wait(for: Self.isSaved)
            try await browsers[1].open(server.url + "/notebooks/\(id)")
            try await browsers[1].wait(for: "document.querySelectorAll('.nb-cell').length === 3")
            try await browsers[1].wait(for: Self.isSaved)
            for place in 0...1 { try await typeWord(place, "c") }
            for browser in browsers {
                try await browser.wait(for: Self.isSaved)
                try await browser.press("Escape")
            }

            let cells = try #require(try await stored(browsers[0], id)["cells"]?.arrayValue)
            let texts = cells.flatMap { cell in [cell["source"]?.stringValue ?? ""] + (cell["drafts"]?.arrayValue ?? []).compactMap { $0["source"]?.stringValue } }
            let all = texts.joined(separator: "\n")
            let lost = typed.filter { !all.contains($0) }
            #expect(lost == [], "of \(typed.count) words; stored: \(all)")
            // The words that were there before are there once: nothing was doubled.
            for words in ["Shared", "Other words", "Last words"] {
                #expect(cells.compactMap { $0["source"]?.stringValue }.joined(separator: "\n").components(separatedBy: words).count == 2, "\(words): \(all)")
            }
            // Both pages show what is stored.
            let shown = "[...document.querySelectorAll('.nb-cell')].map(c => c.querySelectorAll('.nb-draft').length).join()"
            let wanted = cells.map { String($0["drafts"]?.arrayValue?.count ?? 0) }.joined(separator: ",")
            for browser in browsers { try await browser.wait(for: "\(shown) === '\(wanted)'") }
        } catch {
            for (place, browser) in browsers.enumerated() { try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-notebook-\(place).png") }
            Issue.record("\(error)")
        }
        for browser in browsers { await browser.close() }
        try await server.stop()
    }
}
