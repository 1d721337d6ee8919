import Canonical
import Catalog
import Foundation
import Notebooks
import TestSupport
import Testing

@testable import Results

/// Exported pages in Chromium, from disk, without a server: they load nothing, run nothing, and print whole.
@Suite("Exported pages in a browser", .serialized, .enabled(if: Browser.isPresent, "Chromium is not installed"))
struct ExportedPageTests {
    private static let publicFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Public").path

    private func notebook() throws -> ExportedNotebook {
        let study = try FinishedStudy(models: ["ns-gan", "wgan"]), id = study.study.id
        let sources: [(String, CellKind, String, JSONValue)] = [
            ("a", .text, "# Read me\n\nBest: {{ min(fid, study = \"\(id)\") }}, $\\sqrt{\\frac{x}{y}}$.\n\n<script>document.title = 'attacked'</script>\n\n![x](https://tracker.invalid/x.png)", .object([:])),
            ("b", .figure, "figure: distribution", ["study": .string(id), "caption": "<script>document.title = 'attacked'</script>"]), ("c", .figure, "figure: budget", ["study": .string(id), "figure": "budget"]),
            ("d", .table, "table", ["study": .string(id)]), ("e", .grid, "grid", ["study": .string(id), "rows": "model", "columns": "step", "setting": 0, "seed": 0]), ("f", .runs, "runs", ["study": .string(id)]),
        ]
        let resolver = CellResolverTests.resolver(study)
        var cells: [Cell] = [], outputs: [String: ExportedNotebook.Output] = [:]
        for (name, kind, source, fields) in sources {
            let cell = Cell(try #require(CellID(name)), kind, source: source, attributes: name == "d" ? ["folded": "true"] : [:])
            outputs[name] = .init(try study.catalog.readNow { try resolver.output(of: cell, fields: fields, $0) }, state: "fresh")
            cells.append(cell)
        }
        return ExportedNotebook(
            id: "n", document: Notebook(title: "</title><script>document.title = 'attacked'</script>", cells: cells), outputs: outputs,
            revision: .init(digest: String(repeating: "ab", count: 32), name: "first", author: "Ada", time: 1_795_000_000), authors: ["Ada", "Bob"], changed: 0, server: "http://127.0.0.1:1")
    }

    @Test(.timeLimit(.minutes(5)), arguments: [false, true]) func aPageIsWholeByItself(dark: Bool) async throws {
        let folder = try TemporaryFolder("exported")
        let html = NotebookPage(try notebook(), look: try PageLook(folder: Self.publicFolder)).html
        let page = try folder.write(Array(html.utf8), as: "page.html")
        let browser = try await Browser(.init(width: 900, height: 900, dark: dark))
        do {
            try await browser.open(URL(fileURLWithPath: page).absoluteString)
            try await browser.wait(for: "document.readyState === 'complete' && document.querySelector('footer')")
            #expect(try await browser.evaluate("document.title").contains("</title><script>"))
            #expect(try await browser.evaluate("performance.getEntriesByType('resource').filter(e => !/^(data|file):/.test(e.name)).length + document.scripts.length") == "0")
            // Drawings have the reader's colors, and no part of one takes those of another.
            #expect(try await browser.evaluate("[...document.querySelectorAll('.figure svg')].map(s => getComputedStyle(s.querySelector('rect')).fill).join()") == (dark ? "rgb(21, 24, 28),rgb(21, 24, 28)" : "rgb(255, 255, 255),rgb(255, 255, 255)"))
            #expect(try await browser.evaluate("getComputedStyle(document.body).backgroundColor") == (dark ? "rgb(14, 17, 20)" : "rgb(246, 247, 248)"))
            #expect(try await browser.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size === document.querySelectorAll('[id]').length") == "true")
            #expect(try await browser.evaluate("document.fonts.ready.then(f => [...f].filter(x => x.family.includes('Fidelio Math')).map(x => x.status).join())") == "loaded")
            #expect(try await browser.evaluate("[...document.images].every(i => i.complete && i.naturalWidth === 115) && document.images.length") == "4")
            // A bound number leads to its row.
            #expect(try await browser.evaluate("document.querySelector(document.querySelector('a.bound').getAttribute('href')).cells[0].textContent === document.querySelector('a.bound').textContent") == "true")
            #expect(try await browser.evaluate("document.documentElement.scrollWidth <= innerWidth") == "true")
            #expect(try await browser.evaluate("document.querySelector('details.cell').open + '/' + document.querySelectorAll('a[href^=\"/\"]').length") == "false/0")
            #expect(try await browser.complaints().isEmpty)
            // On paper nothing is closed or clipped, and colors are light.
            try await browser.show(asPrinted: true)
            #expect(try await browser.evaluate("[...document.querySelectorAll('details')].every(d => d.querySelector(':scope > :not(summary)').getBoundingClientRect().height > 0)") == "true")
            #expect(try await browser.evaluate("getComputedStyle(document.querySelector('.figure svg > rect')).fill + getComputedStyle(document.querySelector('.output')).overflowX") == "rgb(255, 255, 255)visible")
            await browser.close()
        } catch {
            await browser.close()
            throw error
        }
    }
}
