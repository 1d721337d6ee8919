import Canonical
import Notebooks
import Testing

@testable import API
@testable import Catalog
@testable import Execution

/// A notebook whose cells cite scripted runs, over the API.
struct ProofFixture {
    let fixture: APIFixture
    let runs: [RunRecord]
    let notebook: String

    /// - Parameter behaviours: of the runs, one each; every run ends before the notebook is made unless it waits.
    /// - Parameter cells: the cells after a text that cites nothing, given the ids of the runs.
    init(_ behaviours: [String] = ["", ""], isStarted: Bool = true, cells: ([String]) -> String = ProofFixture.cells) async throws {
        fixture = try await APIFixture()
        if isStarted { try await fixture.workbench.start() }
        var made: [RunRecord] = []
        for (seed, behaviour) in behaviours.enumerated() {
            let run = try await fixture.workbench.submit(WorkbenchFixture.newRun(seed, behaviour: behaviour)).run
            if behaviour == "waiting" {
                try await fixture.workbench.wait(for: run.id, atStep: 15)
                made.append(run)
            } else {
                made.append(try await fixture.workbench.wait(for: run.id))
            }
        }
        runs = made
        let text = "---\nfidelio: notebook\nversion: 1\ntitle: Proved\n---\n\n<!-- cell words -->\nWords alone.\n\n" + cells(made.map(\.id))
        notebook = try await fixture.notebook(text)
        let shown = try await fixture.post("/notebooks/\(notebook)/outputs")
        #expect(shown.status == 200, "\(shown.text)")
    }

    /// A bound number of the first run, and a list of all runs.
    static func cells(_ runs: [String]) -> String {
        """
        <!-- cell number -->
        The least is {{ min(fid, run = "\(runs[0])") }}.

        ```yaml fidelio runs id=list
        filter: id in (\(runs.map { "'\($0)'" }.joined(separator: ", ")))
        columns: [id, seed, fid, digest]
        order: seed
        ```

        """
    }

    func begin(_ body: JSONValue = [:]) async throws -> Int {
        let answer = try await fixture.post("/notebooks/\(notebook)/proofs", body.canonicalText)
        #expect(answer.status == 201, "\(answer.text)")
        return Int(try #require(answer.json["number"]?.integerValue, "\(answer.text)"))
    }

    func proof(_ number: Int) async throws -> JSONValue { try await fixture.get("/notebooks/\(notebook)/proofs/\(number)").json }

    /// Begins a proof and waits for its end, for at most a minute.
    func prove(_ body: JSONValue = [:]) async throws -> JSONValue { try await ended(try await begin(body)) }

    func ended(_ number: Int) async throws -> JSONValue {
        try await wait(number) { $0["finished"]?.numberValue != nil }
    }

    func wait(_ number: Int, until isSo: (JSONValue) -> Bool) async throws -> JSONValue {
        for _ in 0..<3000 {
            let proof = try await proof(number)
            if isSo(proof) { return proof }
            try await Task.sleep(for: .milliseconds(20))
        }
        let proof = try await proof(number)
        Issue.record("the proof stayed \(proof.canonicalText)")
        return proof
    }

    /// The verdicts of the cells by their ids.
    static func verdicts(_ proof: JSONValue, of list: String = "cells", by key: String = "cell") -> [String: String] {
        let entries = (proof[list]?.arrayValue ?? []).map { ($0[key]?.stringValue ?? "", $0["verdict"]?.stringValue ?? "none") }
        return Dictionary(entries) { first, _ in first }
    }

    func cell(_ id: String, _ proof: JSONValue) throws -> JSONValue {
        try #require(proof["cells"]?.arrayValue?.first { $0["cell"]?.stringValue == id })
    }

    func run(_ place: Int, _ proof: JSONValue) throws -> JSONValue {
        try #require(proof["runs"]?.arrayValue?.first { $0["run"]?.stringValue == runs[place].id })
    }

    /// Changes one row of the catalog behind the workbench's back.
    func alter(_ sql: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let changed = try fixture.workbench.catalog.writeNow { writer in try writer.run(sql) }
        #expect(changed == 1, sourceLocation: sourceLocation)
    }

    func stop() async { await fixture.workbench.stop() }
}
