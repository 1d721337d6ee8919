import Canonical
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import API
@testable import Catalog
@testable import Execution
import Storage

/// Updates of cells are stored: a closed tab and an ended server lose none, they can be cancelled, and none is begun forever.
@Suite("Updates of cells", .serialized)
struct NotebookUpdateTests {
    private static let text = """
        ---
        fidelio: notebook
        version: 1
        title: Updates
        ---

        ```sql fidelio id=slow
        SELECT 'scripted waiting'
        ```

        ```sql fidelio id=quick chart=bars
        SELECT 'scripted'
        ```

        <!-- cell words -->
        There are {{ count(study = "none") }} runs.

        """

    private func release(_ fixture: APIFixture) { _ = FileManager.default.createFile(atPath: fixture.files.storage.root + "/go-queries", contents: nil) }

    private func output(_ fixture: APIFixture, _ id: String, _ cell: String) async throws -> JSONValue { try await fixture.get("/notebooks/\(id)/cells/\(cell)/output").json }

    /// Waits for a state of a cell, half a minute at most.
    private func wait(_ fixture: APIFixture, _ id: String, _ cell: String, for state: String) async throws -> JSONValue {
        let end = ContinuousClock.now + .seconds(30)
        var last = try await output(fixture, id, cell)
        while last["state"]?.stringValue != state, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(10))
            last = try await output(fixture, id, cell)
        }
        #expect(last["state"]?.stringValue == state, "\(last.canonicalText)")
        return last
    }

    @Test func aCellIsUpdatedWhoeverWaits() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.text)
        let asked = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["slow"]}"#)
        let slow = try #require(asked.json["outputs"]?["slow"])
        #expect(asked.status == 200 && slow["state"] == "running" && slow["update"]?["author"] == "local" && slow["update"]?["elapsed"] != nil, "\(asked.text)")
        // It is asked for once, and others see it.
        _ = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["slow"]}"#)
        let open = try fixture.workbench.catalog.readNow { try $0.notebookUpdates() }
        #expect(open.count == 1 && open[0].cell == "slow" && open[0].number == 1)
        #expect(try await fixture.get("/notebooks/\(id)/outputs?states=none").json["outputs"]?["slow"]?["state"] == "running")
        // A notebook has one turn at a time, and the cells of others do not wait for it.
        let other = try await fixture.notebook(Self.text)
        let quick = try await fixture.post("/notebooks/\(other)/outputs?wait=30", #"{"cells":["quick","words"]}"#)
        #expect(quick.json["outputs"]?["quick"]?["state"] == "fresh" && quick.json["outputs"]?["words"]?["state"] == "failed", "\(quick.text)")
        release(fixture)
        let done = try await wait(fixture, id, "slow", for: "fresh")
        #expect(done["update"] == nil && done["html"]?.stringValue?.contains("wgan") == true)
        #expect(try fixture.workbench.catalog.readNow { try $0.notebookUpdateCount() } == 0)
        #expect(try await fixture.post("/notebooks/\(id)/outputs?wait=61", "{}").status == 400)
        await fixture.workbench.stop()
    }

    @Test func anEndedServerGoesOnWithIt() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.text)
        try await fixture.workbench.start()
        _ = try await fixture.post("/notebooks/\(id)/outputs?wait=0", "{}")
        while !FileManager.default.fileExists(atPath: fixture.files.storage.root + "/query-process") { try await Task.sleep(for: .milliseconds(5)) }
        await fixture.workbench.stop()
        try fixture.workbench.catalog.close()
        release(fixture)
        let again = try fixture.files.open()
        try await again.start()
        let numbers = try again.catalog.readNow { try $0.notebookUpdates() }
        try await again.wait(forUpdates: numbers.map(\.number), seconds: 30)
        try again.catalog.readNow { reader in
            let notebook = try #require(try reader.notebook(id))
            #expect(try reader.notebookUpdateCount() == 0 && reader.notebookOutputs(notebook.number).keys.sorted() == ["quick", "slow", "words"])
        }
        await again.stop()
    }

    @Test func aCancelledCellShowsWhatItShowed() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.text)
        _ = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["slow","quick"]}"#)
        let path = fixture.files.storage.root + "/query-process"
        while !FileManager.default.fileExists(atPath: path) { try await Task.sleep(for: .milliseconds(5)) }
        let cancelled = try await fixture.post("/notebooks/\(id)/outputs/cancel", #"{"cells":["slow"]}"#)
        #expect(cancelled.status == 200 && cancelled.json["outputs"]?["slow"]?["state"] == "none" && cancelled.json["outputs"]?["slow"]?["update"] == nil, "\(cancelled.text)")
        // Its process ends, and the next cell has its turn.
        let quick = try await wait(fixture, id, "quick", for: "fresh")
        #expect(quick["forms"]?.arrayValue?.contains { $0["name"] == "svg-dark-760" } == true, "\(quick.canonicalText)")
        release(fixture)
        #expect(try await output(fixture, id, "slow")["state"] == "none")
        #expect(try await fixture.post("/notebooks/\(id)/outputs/cancel", #"{"cells":["nothing"]}"#).status == 404)
        #expect(try await fixture.post("/notebooks/\(id)/outputs/cancel").json["outputs"]?["quick"]?["state"] == "fresh")
        await fixture.workbench.stop()
    }

    @Test func anEditedCellIsAskedForAnew() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.text)
        _ = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["slow"]}"#)
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("slow", "SELECT 'scripted' AS other", base: 0)])
        let asked = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["slow"]}"#)
        #expect(asked.json["outputs"]?["slow"]?["state"] == "running")
        #expect(try fixture.workbench.catalog.readNow { try $0.notebookUpdates().map(\.number) } == [2])
        // What the first one gives is not kept.
        release(fixture)
        _ = try await wait(fixture, id, "slow", for: "fresh")
        // A cell that is gone is not updated.
        _ = try await fixture.operate(id, "c", 2, [["operation": "delete", "cell": "quick", "base": 0]])
        #expect(try await fixture.post("/notebooks/\(id)/outputs", #"{"cells":["quick"]}"#).status == 404)
        await fixture.workbench.stop()
    }

    /// A cell that ends the server each time must not do so forever.
    @Test func whatOutlastsSeveralServersIsGivenUp() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.text)
        try fixture.workbench.catalog.writeNow { writer in
            let notebook = try #require(try writer.reader.notebook(id))
            let source = JSONValue.object(["kind": "sql", "source": "SELECT 'scripted waiting'"]).digest.hex
            #expect(try writer.askForUpdate(ofCell: "slow", source: source, of: notebook.number, by: "ada", member: nil, at: 1))
            try writer.count(startOfUpdates: [1], by: Workbench.mostStartsOfUpdate)
        }
        try await fixture.workbench.start()
        let given = try await wait(fixture, id, "slow", for: "failed")
        #expect(given["problem"]?.stringValue?.contains("ended 3 times") == true, "\(given.canonicalText)")
        #expect(try fixture.workbench.catalog.readNow { try $0.notebookUpdateCount() } == 0)
        await fixture.workbench.stop()
    }

    private static func experiment(_ seed: Int) -> String {
        """
        ---
        fidelio: notebook
        version: 1
        title: Experiment \(seed)
        ---

        ```yaml fidelio experiment id=try
        experiment: saturation
        seed: \(seed)
        caption: A <i>
        ```

        ```sql fidelio id=quick
        SELECT 'scripted'
        ```

        """
    }

    /// A process of its own runs it; the output has both themes of each figure, the words, and the tables, and is stored like any other.
    @Test func anExperimentRunsWhenItsCellIsUpdated() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.experiment(1))
        #expect(try await output(fixture, id, "try")["state"] == "none")
        let asked = try await fixture.post("/notebooks/\(id)/outputs?wait=30", #"{"cells":["try"]}"#)
        let shown = try #require(asked.json["outputs"]?["try"]), html = shown["html"]?.stringValue ?? ""
        #expect(shown["state"] == "fresh" && shown["problem"] == .null, "\(shown.canonicalText)")
        #expect(shown["forms"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["svg-light-760", "svg-dark-760", "figure2-svg-light-760", "csv", "json", "md"], "\(shown.canonicalText)")
        for part in ["Made &lt;b&gt;", "<strong>a line</strong>", "A &lt;i&gt;", "<details><summary>", "<table>"] { #expect(html.contains(part), "\(html)") }
        #expect(!html.contains("p.svg") && html.components(separatedBy: "<img ").count == 3, "\(html)")
        // What it said is stored: nothing runs for a reader.
        let processes = try FileManager.default.contentsOfDirectory(atPath: fixture.files.storage.root).count { $0.hasPrefix("experiment-process") }
        #expect(try await output(fixture, id, "try")["html"] == shown["html"] && processes == 1)
        for (seed, words) in [(8, "As told."), (9, "was stopped")] {
            let other = try await fixture.notebook(Self.experiment(seed))
            let failed = try await fixture.post("/notebooks/\(other)/outputs?wait=30", #"{"cells":["try"]}"#)
            #expect(failed.json["outputs"]?["try"]?["problem"]?.stringValue?.contains(words) == true, "\(failed.text)")
        }
        await fixture.workbench.stop()
    }

    /// One experiment at a time runs. The cells of other notebooks do not wait for it, and one that waits can be cancelled as one that runs can.
    @Test func experimentsTakeTurnsAndNobodyElseWaits() async throws {
        let fixture = try await APIFixture()
        var ids: [String] = []
        for _ in 0..<3 {
            let id = try await fixture.notebook(Self.experiment(7))
            ids.append(id)
            _ = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["try"]}"#)
        }
        let folder = fixture.files.storage.root
        func processes() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: folder).count { $0.hasPrefix("experiment-process") } }
        while try processes() == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let other = try await fixture.notebook(Self.text)
        let quick = try await fixture.post("/notebooks/\(other)/outputs?wait=30", #"{"cells":["quick"]}"#)
        #expect(try quick.json["outputs"]?["quick"]?["state"] == "fresh" && processes() == 1, "\(quick.text)")
        // The one that runs, and one that waits.
        for id in ids.prefix(2) {
            let cancelled = try await fixture.post("/notebooks/\(id)/outputs/cancel", #"{"cells":["try"]}"#)
            #expect(cancelled.json["outputs"]?["try"]?["state"] == "none", "\(cancelled.text)")
        }
        release(fixture)
        _ = try await wait(fixture, ids[2], "try", for: "fresh")
        for id in ids.prefix(2) { #expect(try await output(fixture, id, "try")["state"] == "none") }
        await fixture.workbench.stop()
    }

    /// The cells of its own notebook do not wait for an experiment, which tells how far it is; another experiment says what it waits for.
    @Test func theOtherCellsOfItsNotebookDoNotWait() async throws {
        let fixture = try await APIFixture()
        let text = Self.experiment(7) + "```yaml fidelio experiment id=next\nexperiment: mode-collapse\n```\n"
        let id = try await fixture.notebook(text), other = try await fixture.notebook(Self.experiment(7))
        let asked = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["try","next"]}"#)
        #expect(asked.json["outputs"]?["try"]?["state"] == "running", "\(asked.text)")
        let quick = try await fixture.post("/notebooks/\(id)/outputs?wait=30", #"{"cells":["quick"]}"#)
        #expect(quick.json["outputs"]?["quick"]?["state"] == "fresh", "\(quick.text)")
        try await waitUntil { try await output(fixture, id, "try")["update"]?["fraction"] == 0.25 }
        let update = try #require(try await output(fixture, id, "try")["update"])
        #expect(update["state"] == "running" && update["doing"] == "Running" && update["waits_for"] == nil, "\(update.canonicalText)")
        try await waitUntil { try await output(fixture, id, "next")["update"]?["waits_for"] == "the experiment saturation of this notebook" }
        // The second notebook has its turn before the second cell of the first.
        _ = try await fixture.post("/notebooks/\(other)/outputs?wait=0", #"{"cells":["try"]}"#)
        try await waitUntil { try await output(fixture, other, "try")["update"]?["waits_for"] == "the experiment saturation of the notebook “Experiment 7”" }
        try await waitUntil { try await output(fixture, id, "next")["update"]?["waits_for"]?.stringValue?.hasSuffix(", and 1 more before it") == true }
        release(fixture)
        for (notebook, cell) in [(id, "try"), (id, "next"), (other, "try")] { _ = try await wait(fixture, notebook, cell, for: "fresh") }
        await fixture.workbench.stop()
    }

    /// A cell that was edited while its experiment ran asks for another one: the first process ends.
    @Test func anEditedExperimentIsStopped() async throws {
        let fixture = try await APIFixture()
        let id = try await fixture.notebook(Self.experiment(7)), folder = fixture.files.storage.root
        _ = try await fixture.post("/notebooks/\(id)/outputs?wait=0", #"{"cells":["try"]}"#)
        try await waitUntil { try FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.hasPrefix("experiment-process") } }
        _ = try await fixture.operate(id, "c", 1, [APIFixture.edit("try", "experiment: saturation\nseed: 1\n", base: 0)])
        let done = try await fixture.post("/notebooks/\(id)/outputs?wait=30", #"{"cells":["try"]}"#)
        #expect(done.json["outputs"]?["try"]?["state"] == "fresh", "\(done.text)")
        await fixture.workbench.stop()
    }

    /// What an experiment read is part of what its cell rests on: another data set of that name makes it stale.
    @Test func anotherDataSetMakesAnExperimentStale() async throws {
        let fixture = try await APIFixture()
        let digest = try #require(fixture.workbench.datasetDigest?("ring")?.hex), path = fixture.files.storage.root + "/experiment-datasets"
        let id = try await fixture.notebook(Self.experiment(1).replacing("experiment: saturation", with: "experiment: replay\ndataset: ring"))
        for (read, state) in [(String(repeating: "0", count: 64), "stale"), (digest, "fresh")] {
            try #"{"ring":"\#(read)"}"#.write(toFile: path, atomically: true, encoding: .utf8)
            let shown = try await fixture.post("/notebooks/\(id)/outputs?wait=30", #"{"cells":["try"]}"#).json["outputs"]?["try"]
            #expect(shown?["state"]?.stringValue == state && shown?["changes"] == (state == "stale" ? ["another data set ring"] : []), "\(shown?.canonicalText ?? "")")
        }
        await fixture.workbench.stop()
    }
}
