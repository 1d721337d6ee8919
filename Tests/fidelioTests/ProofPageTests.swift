import Canonical
import Foundation
import TestSupport
import Testing

/// A notebook is proved by pressing a button: progress, verdicts beside the cells, a mark where a cell changed since.
@Suite("Proofs on the notebook's page", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct ProofPageTests {
    private static let plan =
        #"{"name":"Rings","dataset":"ring","models":["ns-gan"],"protocol":{"kind":"single"},"seeds":2,"steps":4,"batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256}}"#

    private func post(_ browser: Browser, _ path: String, _ body: String) async throws -> JSONValue {
        let script = "fetch('/api/v1\(path)', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(body))}).then(r => r.text())"
        return try JSONValue(parsing: try await browser.evaluate(script))
    }

    @Test func aNotebookIsProvedByAButton() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("proved"))
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let study = try #require(try await post(browser, "/studies", Self.plan)["id"]?.stringValue)
            try await browser.wait(for: "await fetch('/api/v1/studies/\(study)').then(r => r.json()).then(s => s.runs.done === 2)", seconds: 120)
            let text = "---\\nfidelio: notebook\\nversion: 1\\ntitle: Rings\\n---\\n\\n<!-- cell number -->\\nThere are {{ count(study = \\\"Rings\\\") }} runs.\\n\\n<!-- cell words -->\\nWords.\\n"
            let id = try #require(try await post(browser, "/notebooks", "{\"text\": \"\(text)\"}")["id"]?.stringValue)
            try await browser.open(server.url + "/notebooks/\(id)")
            try await browser.wait(for: "document.querySelector('[data-cell=number] .bound')?.textContent === '2'")
            #expect(try await browser.evaluate("document.querySelectorAll('.nb-verdict').length") == "0")

            try await browser.click(".nb-bar button", text: "Prove")
            try await browser.wait(for: "document.querySelector('dialog.nb-proofs[open] h2')?.textContent === 'Prove this notebook'")
            try await browser.fill("#proof-runs", "1")
            try await browser.fill("#proof-threads", "1")
            try await browser.click("dialog.nb-proofs form.inline-form button")
            try await browser.wait(for: "document.querySelector('dialog.nb-proofs .verdict')?.dataset.state === 'identical'", seconds: 90)
            let said = try await browser.evaluate("document.querySelector('dialog.nb-proofs .verdict').textContent")
            #expect(said.contains("Proof 1: identical") && said.contains("1 run of 2 cited was rerun") && said.contains("fidelio prove \(id) --runs 1 --seed 0 --threads 1") && said.contains("1 thread"), "\(said)")
            #expect(try await browser.evaluate("document.querySelector('dialog.nb-proofs tbody').textContent").contains("1 of 2"))
            try await browser.click("dialog.nb-proofs .head button", text: "Close")

            let badge = "document.querySelector('[data-cell=number] .nb-verdict')"
            try await browser.wait(for: "\(badge)?.textContent === 'identical'")
            #expect(try await browser.evaluate("\(badge).title").contains("Proof 1"))
            #expect(try await browser.evaluate("document.querySelector('[data-cell=words] .nb-verdict') === null") == "true")
            let edit = #"{client: 'other', counter: 1, operations: [{operation: 'edit', cell: 'number', source: 'Other words than before.', base: 0}]}"#
            #expect(try await post(browser, "/notebooks/\(id)/operations", edit)["results"]?[0]?["result"] == "applied")
            try await browser.wait(for: "\(badge)?.textContent === 'identical, changed since'")
            let complaints = try await browser.complaints()
            #expect(complaints == [], "\(complaints)")
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-proof.png")
            Issue.record("\(error); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }
}
