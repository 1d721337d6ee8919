import Archives
import Canonical
import Foundation
import TestSupport
import Testing

/// One altered tensor of a checkpoint, followed to the page that proves a run; and what people say of runs, collect, and delete.
@Suite("Proof, labels, and trash on the page", .serialized, .enabled(if: Browser.isPresent && RunningServer.isBuilt), .timeLimit(.minutes(10)))
struct RunProofPageTests {
    private static let specification =
        #"{"model":"ns-gan","dataset":"ring","steps":4,"batch_size":16,"sample_every":4,"checkpoint_every":2,"evaluation":{"every":4,"samples":256}}"#

    private func post(_ browser: Browser, _ path: String, _ body: String) async throws -> JSONValue {
        let script = "fetch('/api/v1\(path)', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(\(body))}).then(r => r.text())"
        return try JSONValue(parsing: try await browser.evaluate(script))
    }

    private func get(_ browser: Browser, _ path: String) async throws -> JSONValue {
        try JSONValue(parsing: try await browser.evaluate("fetch('/api/v1\(path)').then(r => r.text())"))
    }

    private func waitForEnd(_ browser: Browser, of run: String) async throws {
        try await browser.wait(for: "await fetch('/api/v1/runs/\(run)').then(r => r.json()).then(s => s.state === 'done')", seconds: 120)
    }

    /// The archive with the last element of one tensor changed in its last bit.
    private func altered(_ archive: Archive) throws -> (archive: Archive, tensor: String, index: Int) {
        var entries = archive.entries
        let place = try #require(entries.firstIndex { entry in
            if case .float32(let values) = entry.elements { return values.count > 1 && entry.name.hasPrefix("generator/") }
            return false
        })
        guard case .float32(var values) = entries[place].elements else { return (archive, "", 0) }
        let last = values.count - 1
        values[last] = Float(bitPattern: values[last].bitPattern ^ 1)
        entries[place] = ArrayEntry(name: entries[place].name, shape: entries[place].shape, elements: .float32(values))
        let manifest = (archive.manifest.objectValue ?? [:]).filter { $0.key != "format" && $0.key != "tensors" }
        return (Archive(entries: entries, manifest: manifest), entries[place].name, last)
    }

    @Test func oneAlteredTensorIsFollowedToThePage() async throws {
        let storage = try TemporaryFolder("proved-run")
        var server = try await RunningServer(storage: storage)
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            let run = try #require(try await post(browser, "/runs", Self.specification)["id"]?.stringValue)
            try await waitForEnd(browser, of: run)
            let checkpoints = try #require(try await get(browser, "/runs/\(run)/checkpoints").arrayValue)
            #expect(checkpoints.map { $0["step"] } == [2, 4])
            let digests = checkpoints.compactMap { $0["digest"]?.stringValue }
            #expect(try await browser.complaints() == [])
            try await server.stop()

            // The archive of step 2 is replaced by one with another tensor, under its own digest, as somebody would who wants to be believed.
            let store = try ArchiveStore(root: storage.path + "/archives")
            let forged = try altered(try store.read(Digest(hex: digests[0])))
            try store.put(forged.archive)
            let script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('UPDATE checkpoints SET digest = ? WHERE step = 2', (sys.argv[2],)); db.commit()"
            let changed = try await Tool.finish("python3", ["-c", script, storage.path + "/fidelio.sqlite", forged.archive.digest.hex])
            #expect(changed.status == 0, "\(changed)")

            server = try await RunningServer(storage: storage)
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            // The page before asked a server that was gone.
            _ = try await browser.complaints()
            let rerun = try #require(try await post(browser, "/runs/\(run)/rerun", #"{"threads": 1}"#)["id"]?.stringValue)
            try await waitForEnd(browser, of: rerun)
            try await browser.open(server.url + "/runs/\(run)/proof")
            try await browser.wait(for: "document.querySelector('.tensor') !== null")
            let first = try await browser.evaluate("document.querySelector('.first-difference').textContent"), tensor = try await browser.evaluate("document.querySelector('.tensor').textContent")
            #expect(first.contains("step 2, checkpoint") && first.contains(forged.archive.digest.hex), "\(first)")
            #expect(tensor.contains("step 2, \(forged.tensor), 1 of ") && tensor.contains("differ"), "\(tensor)")
            #expect(try await browser.evaluate("document.querySelector('.verdict').textContent").contains("asked for by "))
            #expect(try await browser.evaluate("document.querySelector('.chain').textContent").contains("Specification"))

            // The last checkpoint is intact in the catalog; its file on the disk is not.
            try await browser.click("section button", text: "Check the files")
            try await browser.wait(for: "document.querySelector('[aria-labelledby=files] [role=status]')?.textContent.includes('files have their digests')")
            try forged.archive.write(to: store.file(for: try Digest(hex: digests[1])))
            try await browser.click("section button", text: "Check the files")
            try await browser.wait(for: "document.querySelector('.damages')?.textContent.includes('Checkpoint at step 4: damaged')")
            // The initial state follows from the specification.
            try await browser.click(".chain button", text: "compute it")
            try await browser.wait(for: "document.querySelector('.chain .digests') !== null")
            let complaints = try await browser.complaints()
            #expect(complaints == [], "\(complaints)")
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-run-proof.png")
            Issue.record("\(error); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }

    @Test func runsAreLabeledCollectedAndDeleted() async throws {
        let server = try await RunningServer(storage: try TemporaryFolder("labeled"))
        let browser = try await Browser()
        do {
            try await browser.open(server.link)
            try await browser.wait(for: "document.querySelector('h1')?.textContent === 'Home' && !location.search")
            var runs: [String] = []
            for seed in 1...2 {
                runs.append(try #require(try await post(browser, "/runs", Self.specification.replacing("\"steps\":4", with: "\"seed\":\(seed),\"steps\":4"))["id"]?.stringValue))
            }
            for run in runs { try await waitForEnd(browser, of: run) }
            try await browser.open(server.url + "/runs/\(runs[0])")
            try await browser.click(".labels button", text: "Name, tags, notes")
            try await browser.fill("#label-name", "first try")
            try await browser.fill("#label-tags", "good, paper")
            try await browser.click("dialog form .primary")
            try await browser.wait(for: "document.querySelector('.label-words')?.textContent.includes('first try')")
            try await browser.click(".labels .star")
            try await browser.wait(for: "document.querySelector('.labels .star')?.getAttribute('aria-pressed') === 'true'")
            try await browser.click("button.toggle", text: "Add to a comparison")
            try await browser.wait(for: "document.querySelector('#basket')?.textContent.includes('1 run collected')")

            try await browser.open(server.url + "/runs?q=" + "tag%20%3D%20'good'" + "&group=model")
            try await browser.wait(for: "document.querySelectorAll('table[data-none], tbody tr a[href^=\"/runs/\"]').length === 1 && document.querySelector('tbody tr a[href^=\"/runs/\"]').textContent === 'first try'")
            try await browser.wait(for: "document.querySelector('[aria-label=\"Groups of runs\"] tbody tr')?.textContent.includes('1')")
            try await browser.open(server.url + "/runs/\(runs[1])")
            try await browser.click("button.toggle", text: "Add to a comparison")
            try await browser.click("#basket .primary", text: "Compare")
            try await browser.wait(for: "location.pathname === '/compare' && location.search.includes('\(runs[0])')")

            try await browser.open(server.url + "/checkpoints")
            try await browser.wait(for: "document.querySelectorAll('tbody tr').length === 4")
            try await browser.open(server.url + "/runs/\(runs[1])")
            try await browser.click("button.danger", text: "Delete this run …")
            try await browser.wait(for: "!document.querySelector('dialog .danger')?.disabled && document.querySelector('dialog').textContent.includes('2 checkpoints')")
            try await browser.click("dialog .danger", text: "Delete")
            try await browser.wait(for: "document.querySelector('.problem')?.textContent.includes('deleted this run')")
            try await browser.open(server.url + "/storage")
            try await browser.wait(for: "document.querySelector('[aria-label=\"What was deleted\"] tbody')?.textContent.includes('\(runs[1])')")
            try await browser.click("button", text: "Restore")
            try await browser.wait(for: "document.body.textContent.includes('Empty. What is deleted')")
            #expect(try await get(browser, "/runs")["total"] == 2)
            let complaints = try await browser.complaints()
            #expect(complaints == [], "\(complaints)")
        } catch {
            try? await browser.screenshot(to: NSTemporaryDirectory() + "fidelio-labels.png")
            Issue.record("\(error); the page complained: \((try? await browser.complaints()) ?? [])")
        }
        await browser.close()
        try await server.stop()
    }
}
