import Archives
import Canonical
import Catalog
import Foundation
import Notebooks
import TestSupport
import Testing

@testable import API
@testable import Execution
@testable import Results
@testable import Storage

/// A proof reruns what a notebook cites and compares every digest; whatever was altered is named, and whatever is killed, it goes on.
@Suite("Proofs of notebooks", .serialized)
struct NotebookProofTests {
    @Test func everythingIsIdentical() async throws {
        let study = try await ProofFixture()
        let proof = try await study.prove(["threads": 1])
        #expect(proof["verdict"] == "identical" && proof["state"] == "done" && proof["first_difference"] == .null, "\(proof.canonicalText)")
        #expect(ProofFixture.verdicts(proof) == ["words": "not-cited", "number": "identical", "list": "identical"], "\(proof.canonicalText)")
        #expect(ProofFixture.verdicts(proof, of: "runs", by: "run") == [study.runs[0].id: "identical", study.runs[1].id: "identical"])
        let (number, list) = (try study.cell("number", proof), try study.cell("list", proof))
        #expect(number["expressions"] == 1 && number["rerun"] == 1 && list["forms"] == 3 && list["rerun"] == 2 && list["changed"] == .null, "\(proof.canonicalText)")
        #expect(proof["author"] == "local" && proof["threads"] == [1] && proof["hosts"] == ["here"] && proof["kernels"] == ["scalar"] && proof["programs"] == ["0"])
        #expect(proof["summary"]?.stringValue?.hasPrefix("Identical: 2 runs of 2 cited were rerun, and 2 cells drawn again") == true, "\(proof.canonicalText)")
        // Through the queue, by the comparison that reruns have anyway.
        for place in 0..<2 {
            let rerun = try #require(try study.run(place, proof)["rerun"]?.stringValue)
            #expect(try await study.fixture.get("/runs/\(rerun)").json["rerun_of"]?.stringValue == study.runs[place].id)
            #expect(try await study.fixture.get("/runs/\(rerun)/verification").json["state"] == "identical")
        }
        let listed = try await study.fixture.get("/notebooks/\(study.notebook)/proofs").json["proofs"]?.arrayValue ?? []
        #expect(listed.count == 1 && listed[0]["verdict"] == "identical")
        let audit = try study.fixture.workbench.catalog.readNow { try $0.audit(limit: 20) }.filter { $0.action == "prove" }
        #expect(audit.count == 1 && audit[0].target == "notebook proved")
        // It stays true of its revision; an edit shows the cell as changed since.
        _ = try await study.fixture.operate(study.notebook, "c", 1, [APIFixture.edit("number", "Another text.", base: 0)])
        let later = try await study.proof(1)
        #expect(later["verdict"] == "identical")
        #expect(try study.cell("number", later)["changed"] == "edited" && study.cell("list", later)["changed"] == .null)
        await study.stop()
    }

    /// The sample follows from the seed alone; a cell whose runs are not in it has no verdict, which is no fault of the notebook.
    @Test func aSampleIsChosenByItsSeed() async throws {
        let study = try await ProofFixture(["", "", "", ""]) { runs in
            runs.enumerated().map { "<!-- cell n\($0) -->\nIt is {{ min(fid, run = \"\($1)\") }}.\n" }.joined(separator: "\n")
        }
        let ids = study.runs.map(\.id)
        let expected = ids.sorted { Digest.sha256("7/\($0)").hex < Digest.sha256("7/\($1)").hex }.prefix(2)
        let proof = try await study.prove(["runs": 2, "seed": 7])
        let chosen = (proof["runs"]?.arrayValue ?? []).filter { $0["chosen"] == true }.compactMap { $0["run"]?.stringValue }
        #expect(Set(chosen) == Set(expected) && proof["verdict"] == "identical" && proof["chosen_runs"] == 2, "\(proof.canonicalText)")
        for (place, id) in ids.enumerated() {
            let cell = try study.cell("n\(place)", proof)
            #expect(cell["verdict"]?.stringValue == (expected.contains(id) ? "identical" : "no-verdict"))
            if !expected.contains(id) { #expect(cell["reason"]?.stringValue?.contains("none of its 1 runs is in the sample") == true, "\(cell.canonicalText)") }
        }
        #expect(proof["command"] == "fidelio prove proved --runs 2 --seed 7")
        await study.stop()
    }

    @Test func aRunThatDoesNotRepeatIsNamed() async throws {
        let study = try await ProofFixture(["", "noisy"])
        let proof = try await study.prove()
        let first = proof["first_difference"]
        #expect(proof["verdict"] == "different" && first?["run"]?.stringValue == study.runs[1].id && first?["step"] == 10 && first?["kind"] == "evaluation" && first?["name"] == "fid", "\(proof.canonicalText)")
        #expect(first?["cell"] == "list" && proof["command"]?.stringValue == "fidelio verify \(study.runs[1].id)")
        #expect(ProofFixture.verdicts(proof) == ["words": "not-cited", "number": "identical", "list": "different"])
        await study.stop()
    }

    /// A value in the catalog is altered after the cells were shown: the drawing and the rerun both tell.
    @Test func anAlteredValueIsNamed() async throws {
        let study = try await ProofFixture()
        let number = study.runs[0].number
        try study.alter("UPDATE evaluations SET value = 7 WHERE run = \(number) AND step = 20 AND metric = 'fid'")
        let proof = try await study.prove()
        let difference = try study.run(0, proof)["difference"]
        #expect(proof["verdict"] == "different" && difference?["kind"] == "evaluation" && difference?["name"] == "fid" && difference?["step"] == 20, "\(proof.canonicalText)")
        #expect(difference?["original"]?.stringValue?.hasPrefix("7.0 ") == true && difference?["repeated"]?.stringValue?.hasPrefix("980.0 ") == true)
        #expect(try study.run(1, proof)["verdict"] == "identical")
        #expect(ProofFixture.verdicts(proof)["number"] == "different")
        await study.stop()
    }

    /// One byte of what a cell showed is altered in the catalog.
    @Test func anAlteredByteIsNamed() async throws {
        let study = try await ProofFixture()
        let output = try await study.fixture.get("/notebooks/\(study.notebook)/cells/list/output").json
        let digest = try #require(output["forms"]?.arrayValue?.first { $0["name"] == "csv" }?["digest"]?.stringValue)
        try study.alter("UPDATE objects SET bytes = CAST(replace(CAST(bytes AS TEXT), 'seed', 'sead') AS BLOB) WHERE digest = '\(digest)'")
        let proof = try await study.prove()
        let cell = try study.cell("list", proof)
        #expect(proof["verdict"] == "different" && cell["verdict"] == "different", "\(proof.canonicalText)")
        #expect(cell["difference"]?["kind"] == "stored" && cell["difference"]?["name"] == "csv" && cell["difference"]?["original"]?.stringValue == digest, "\(cell.canonicalText)")
        // The results themselves are what they were.
        #expect(ProofFixture.verdicts(proof)["number"] == "identical" && ProofFixture.verdicts(proof, of: "runs", by: "run")[study.runs[0].id] == "identical")
        await study.stop()
    }

    /// One tensor in the file of a checkpoint has other elements: it is named, although the rerun writes the right file in its place.
    @Test func anAlteredTensorIsNamed() throws {
        let folder = try TemporaryFolder("archives"), storage = StorageFolder(root: folder.path("storage"))
        try storage.create()
        func archive(_ bias: Float) -> Archive {
            Archive(
                entries: [
                    ArrayEntry(name: "generator/bias", shape: [2], elements: .float32([1, bias])), ArrayEntry(name: "generator/weight", shape: [2], elements: .float32([3, 4])),
                ], manifest: ["step": 20])
        }
        let (right, wrong) = (archive(2), archive(2.5))
        let store = try ArchiveStore(root: storage.archives), files = CheckpointFiles(storage)
        let checkpoint = CheckpointRecord(step: 20, digest: right.digest.hex, bytes: 10, final: true, time: 1)
        var proof = RunProof(run: "r")
        files.check(checkpoint, &proof)
        #expect(proof.missing == 1 && proof.damages.isEmpty && proof.archives == 0)
        try store.put(right)
        files.check(checkpoint, &proof)
        #expect(proof.archives == 1 && proof.damages.isEmpty)
        try wrong.write(to: store.file(for: right.digest))
        files.check(checkpoint, &proof)
        #expect(proof.damages.count == 1 && proof.damages[0].found == wrong.digest.hex && proof.damages[0].problem == nil)
        try store.put(right)
        let tensor = try #require(files.firstTensor(proof.damages[0]))
        #expect(tensor.name == "generator/bias" && tensor.original != tensor.repeated && tensor.repeated == right.manifest["tensors"]?["generator/bias"]?["digest"]?.stringValue)
        // Bytes that are no archive any more: the member at fault is named.
        var bytes = try FileSystem.read(store.file(for: right.digest))
        bytes[bytes.count / 3] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: store.file(for: right.digest)))
        files.check(checkpoint, &proof)
        #expect(proof.damages.count == 2 && proof.damages[1].problem?.contains(storage.root) == false, "\(proof.damages)")
        try store.put(wrong)
        #expect(files.firstTensor(wrong.digest.hex, wrong.digest.hex) == nil)
    }

    @Test func whatCannotBeRerunLeavesNoVerdict() async throws {
        let study = try await ProofFixture(["", "", "waiting"])
        // As if its row had been removed: the catalog does not know the run any more.
        let gone = study.runs[1].number
        try study.alter("UPDATE runs SET id = '000000000000-9' WHERE number = \(gone)")
        let number = try await study.begin()
        // The run that waits has all cores until the others are to be rerun.
        _ = try await study.wait(number) { $0["state"] != "reading" }
        study.fixture.files.release(study.runs[2].id)
        let proof = try await study.ended(number)
        #expect(proof["verdict"] == "no-verdict" && proof["finished"]?.numberValue != nil, "\(proof.canonicalText)")
        #expect(try study.run(1, proof)["reason"] == "it is no longer in the catalog")
        #expect(try study.run(2, proof)["reason"]?.stringValue?.hasPrefix("it is running: prove the notebook when it has ended") == true, "\(proof.canonicalText)")
        #expect(try study.run(0, proof)["verdict"] == "identical")
        #expect(ProofFixture.verdicts(proof) == ["words": "not-cited", "number": "identical", "list": "no-verdict"])
        #expect(try study.cell("list", proof)["reason"]?.stringValue?.contains("results of 1 run deleted") == true, "\(proof.canonicalText)")
        await study.stop()
    }

    @Test func aNotebookThatCitesNothingSaysSo() async throws {
        let study = try await ProofFixture(["" ]) { _ in "" }
        let proof = try await study.prove()
        #expect(proof["verdict"] == "not-cited" && proof["reruns"] == 0 && proof["summary"] == "The notebook cites no results, so there is nothing to prove.", "\(proof.canonicalText)")
        await study.stop()
    }

    /// A cell about verification names the newest proof.
    @Test func theVerificationCellShowsTheProof() async throws {
        let study = try await ProofFixture { ProofFixture.cells($0) + "```yaml fidelio verification id=state\n```\n" }
        let before = try await study.fixture.get("/notebooks/\(study.notebook)/cells/state/output").json
        #expect(before["html"]?.stringValue?.contains("2 never verified") == true && before["html"]?.stringValue?.contains("Proof 1") == false, "\(before.canonicalText)")
        _ = try await study.prove(["threads": 1])
        #expect(try await study.fixture.get("/notebooks/\(study.notebook)/cells/state/output").json["state"] == "stale")
        let after = try await study.fixture.post("/notebooks/\(study.notebook)/outputs").json["outputs"]?["state"]?["html"]?.stringValue ?? ""
        #expect(after.contains("2 identical") && after.contains("Proof 1 of revision") && after.contains("asked by local") && after.contains("(scalar, here, 1 thread)") && after.contains("Identical: 2 runs of 2 cited"), "\(after)")
        await study.stop()
    }

    /// A cell that was edited and not updated shows another thing than its text says.
    @Test func anEditedCellHasNoVerdict() async throws {
        let study = try await ProofFixture()
        _ = try await study.fixture.operate(study.notebook, "c", 1, [APIFixture.edit("list", "limit: 1\n", base: 0)])
        let proof = try await study.prove()
        #expect(proof["verdict"] == "no-verdict", "\(proof.canonicalText)")
        #expect(try study.cell("list", proof)["reason"]?.stringValue?.contains("edited after it was shown") == true)
        await study.stop()
    }

    @Test func aProofIsCancelled() async throws {
        let study = try await ProofFixture()
        // Reruns that wait: their specification is that of the originals, so the workers are stopped before they start.
        let number = try await study.begin()
        let same = try await study.fixture.post("/notebooks/\(study.notebook)/proofs", "{}")
        #expect([200, 201].contains(same.status))
        let cancelled = try await study.fixture.post("/notebooks/\(study.notebook)/proofs/\(number)/cancel")
        guard cancelled.status == 200 else { return #expect(cancelled.status == 409 && cancelled.json["code"] == "proof-ended") }
        let proof = try await study.ended(number)
        #expect(proof["state"] == "cancelled" && proof["verdict"] == "no-verdict" && proof["summary"] == "The proof was cancelled.", "\(proof.canonicalText)")
        let again = try await study.fixture.post("/notebooks/\(study.notebook)/proofs/\(number)/cancel")
        #expect(again.status == 409 && again.json["code"] == "proof-ended")
        let none = try await study.fixture.post("/notebooks/\(study.notebook)/proofs/77/cancel")
        #expect(none.status == 404 && none.json["code"] == "proof-unknown")
        await study.stop()
    }

    /// The reruns of a cancelled proof are stopped, also one that trains.
    @Test func cancellingStopsTheReruns() async throws {
        let study = try await ProofFixture(["", "waiting"]) { runs in ProofFixture.cells(runs) }
        study.fixture.files.release(study.runs[1].id)
        try await study.fixture.workbench.wait(for: study.runs[1].id)
        _ = try await study.fixture.post("/notebooks/\(study.notebook)/outputs")
        let number = try await study.begin()
        let rerun = try await study.wait(number) { proof in (proof["runs"]?.arrayValue ?? []).contains { $0["run"]?.stringValue == study.runs[1].id && $0["rerun"]?.stringValue != nil } }
        let id = try #require(try study.run(1, rerun)["rerun"]?.stringValue)
        try await study.fixture.workbench.wait(for: id, atStep: 15)
        // The other rerun ends, which is half of the steps.
        _ = try await study.wait(number) { ($0["progress"]?["fraction"]?.numberValue ?? 0) >= 0.5 }
        #expect(try await study.fixture.post("/notebooks/\(study.notebook)/proofs/\(number)/cancel").status == 200)
        let proof = try await study.ended(number)
        #expect(proof["state"] == "cancelled", "\(proof.canonicalText)")
        #expect(try await study.fixture.workbench.run(id).state == .cancelled)
        await study.stop()
    }

    /// The server is killed while a rerun trains: the next one goes on with the same rerun.
    @Test func aKilledServerGoesOn() async throws {
        let study = try await ProofFixture(["", "waiting"])
        study.fixture.files.release(study.runs[1].id)
        try await study.fixture.workbench.wait(for: study.runs[1].id)
        _ = try await study.fixture.post("/notebooks/\(study.notebook)/outputs")
        let number = try await study.begin()
        let begun = try await study.wait(number) { $0["state"] == "rerunning" }
        let rerun = try #require(try study.run(1, begun)["rerun"]?.stringValue)
        try await study.fixture.workbench.wait(for: rerun, atStep: 15)
        await study.fixture.workbench.vanish()
        try study.fixture.workbench.catalog.close()

        let second = try study.fixture.files.open()
        try await second.start()
        study.fixture.files.release(rerun)
        var record: NotebookProofRecord?
        for _ in 0..<3000 {
            record = try second.catalog.readNow { try $0.notebookProof(1, number) }
            if record?.finished != nil { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        let proof = try #require(record), content = ProofContent(stored: JSONValue(stored: proof.content))
        #expect(proof.state == .done && proof.verdict == "identical", "\(proof.content)")
        #expect(content.runs.map(\.rerun).contains(rerun))
        let specification = study.runs[1].specificationDigest
        let attempts = try second.catalog.readNow { reader in try reader.attempts(ofSpecification: specification) }
        #expect(attempts.count == 2)
        await second.stop()
    }

    /// A proof that no server has begun to work on is worked on by the next one.
    @Test func aProofThatWasNeverBegunIsBegun() async throws {
        let study = try await ProofFixture()
        let workbench = study.fixture.workbench
        let revision = try await workbench.notebooks.revision(study.notebook, nil)
        await workbench.vanish()
        try workbench.catalog.writeNow { writer in
            _ = try writer.insert(
                NotebookProofRecord(notebook: 1, notebookID: study.notebook, revision: revision.digest, runs: nil, seed: 0, threads: nil, author: "ada", member: nil, created: 1))
        }
        try workbench.catalog.close()
        let second = try study.fixture.files.open()
        try await second.start()
        try await waitUntil { try second.catalog.readNow({ try $0.notebookProof(1, 1)?.finished }) != nil }
        let proof = try second.catalog.readNow { reader in try reader.notebookProof(1, 1) }
        #expect(proof?.verdict == "identical", "\(proof?.content ?? "")")
        await second.stop()
    }

    /// An evaluation beside training is measured again on the rerun's checkpoint.
    @Test func evaluationsAreRepeated() async throws {
        let study = try await ProofFixture()
        let workbench = study.fixture.workbench, run = study.runs[0]
        let checkpoint = try #require(try workbench.catalog.readNow { try $0.checkpoints(ofRun: run.number).last })
        let request = EvaluationJobTests.new(run)
        let new = NewEvaluation(run: run.id, step: checkpoint.step, checkpoint: checkpoint.digest, request: request.request, requestDigest: request.requestDigest)
        let job = try await workbench.waitForEvaluation(try await workbench.evaluate([new], of: "run").jobs[0].id)
        _ = try await study.fixture.operate(
            study.notebook, "c", 1, [APIFixture.edit("number", "It is {{ min(fid, run = \"\(run.id)\", protocol = \"evaluated-fid\") }}.", base: 0)])
        _ = try await study.fixture.post("/notebooks/\(study.notebook)/outputs")
        let proof = try await study.prove()
        let repeated = try #require(try study.run(0, proof)["evaluations"]?[0]?.stringValue, "\(proof.canonicalText)")
        let rerun = try #require(try study.run(0, proof)["rerun"]?.stringValue)
        #expect(proof["verdict"] == "identical" && repeated != job.id, "\(proof.canonicalText)")
        let again = try workbench.catalog.readNow { reader in try reader.evaluationJob(repeated) }
        #expect(again?.runID == rerun)
        // The same, after the value was altered.
        try study.alter("UPDATE evaluations SET value = 11 WHERE run = \(run.number) AND protocol = 'evaluated-fid'")
        let altered = try await study.prove()
        let difference = try study.run(0, altered)["difference"]
        #expect(altered["verdict"] == "different" && difference?["kind"] == "evaluation" && difference?["original"] == "11.0" && difference?["repeated"] == "12.5", "\(altered.canonicalText)")
        await study.stop()
    }
}
