import Canonical
import Foundation
import TestSupport
import Testing

/// Updates, charts and the form of a plan in a real browser.
@Suite("Updates, charts and plans on the notebook's page", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(5)))
struct NotebookUpdatePageTests {
    private static let sixteenRows = "(SELECT 1 AS a" + String(repeating: " UNION ALL SELECT 1", count: 15) + ")"

    /// The second query runs until it is killed after five seconds, or cancelled before.
    private static let text = """
        ---
        fidelio: notebook
        version: 1
        title: Updates
        ---

        ```sql fidelio id=chart
        SELECT metric, 3 AS first, 4 AS second FROM (SELECT 'a' AS metric UNION SELECT 'b')
        ```

        ```sql fidelio id=long
        SELECT COUNT(*) FROM \((0...9).map { "\(sixteenRows) AS t\($0)" }.joined(separator: ", "))
        ```

        ```yaml fidelio plan id=plan
        # kept
        name: p
        protocol:
          kind: single
        ```

        """

    private func cell(_ id: String) -> String { "document.querySelector('.nb-cell[data-cell=\"\(id)\"]')" }

    private func press(_ browser: Browser, _ id: String, _ button: String) async throws {
        let found = "[...\(cell(id)).querySelectorAll('button')].find(b => b.textContent === '\(button)' && !b.hidden)"
        try await browser.wait(for: found)
        try await browser.evaluate("\(found).click()")
    }

    @Test func cellsRunAreCancelledAndCharted() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("updates"))
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let text = JSONValue.object(["text": .string(Self.text)]).canonicalText
            let made = try JSONValue(parsing: try await browser.evaluate("fetch('/api/v1/notebooks', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(text))}).then(r => r.text())"))
            let id = try #require(made["id"]?.stringValue, "\(made.canonicalText)")
            try await browser.open("\(server.url)/notebooks/\(id)")

            // A query that takes long says so, counts its seconds, and is cancelled.
            try await press(browser, "long", "Update")
            try await browser.wait(for: "\(cell("long")).querySelector('.nb-state').textContent.startsWith('running, ')")
            try await press(browser, "long", "Cancel")
            try await browser.wait(for: "\(cell("long")).dataset.state === 'none'")

            // Two presses: kind and column.
            try await press(browser, "chart", "Update")
            try await press(browser, "chart", "Bars")
            try await browser.wait(for: "\(cell("chart")).querySelector('.nb-output img')?.alt === 'first by metric'")
            try await press(browser, "chart", "second")
            try await browser.wait(for: "\(cell("chart")).querySelector('.nb-output img')?.alt === 'second by metric' && \(cell("chart")).querySelector('.nb-output img').naturalWidth > 100")
            try await browser.wait(for: "await fetch('/api/v1/notebooks/\(id)/notebook.md').then(r => r.text()).then(t => t.includes('```sql fidelio id=chart chart=bars y=second\\n'))")

            // The form changes the fields of the plan's text, within others too.
            try await press(browser, "plan", "Edit")
            let field = "[...\(cell("plan")).querySelectorAll('.nb-form-field')].find(f => f.querySelector('label').textContent === 'Evaluate every')?.querySelector('input')"
            try await browser.wait(for: field)
            try await browser.evaluate("(i => { i.value = '5'; i.dispatchEvent(new Event('input', {bubbles: true})); })(\(field))")
            let source = "fetch('/api/v1/notebooks/\(id)').then(r => r.json()).then(d => d.cells[2].source)"
            try await browser.wait(for: "await \(source).then(s => s === '# kept\\nname: p\\nprotocol:\\n  kind: single\\nevaluation:\\n  every: 5\\n' || s === '# kept\\nname: p\\nprotocol:\\n  kind: single\\nevaluation:\\n  every: 5')")
            let complaints = try await browser.complaints()
            #expect(complaints == [], "\(complaints)")
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-updates.png")
            Issue.record("\(error); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }
}
