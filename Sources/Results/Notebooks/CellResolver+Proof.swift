import Canonical
import Catalog
import Events
import Figures
import Notebooks
import Studies

/// Cells about the state of things: what was verified, and what a plan has become.
extension CellResolver {
    /// The verification of the cited runs, or of those that the cell names: `study`, `model`, `setting`, `seed`, or `run`.
    func verification(_ given: CellReader, cited: [String]) throws -> CellOutput {
        var cell = given
        let names = ["run", "runs", "study", "studies"].contains { cell.fields.contains($0) }
        let runs = names ? try cell.chosenRuns(most: 1000, what: "verifications") : try cited.compactMap { try cell.reader.run($0) }
        let deleted = names ? 0 : cited.count - runs.count
        try cell.finish()
        let records = try runs.map { try ($0, cell.reader.verification(ofRun: $0.number)) }
        func count(_ state: VerificationRecord.State) -> Int { records.count { $0.1?.state == state } }
        let never = records.count { $0.1 == nil }
        var notes = ["Of \(runs.count) \(names ? "" : "cited ")\(runs.count == 1 ? "run" : "runs"): \(count(.identical)) identical, \(count(.different)) different, "
            + "\(count(.inconclusive)) inconclusive, \(count(.running)) being verified, \(never) never verified."]
        if deleted > 0 { notes.append("\(deleted) cited \(deleted == 1 ? "run is" : "runs are") no longer in the catalog.") }
        if let proof = try proofNote(cell.reader) { notes.append(proof) }
        let table = LinkedTable(
            title: "Verification",
            columns: [
                ("Run", "run"), ("Verdict", "verdict"), ("Compared", "compared"), ("First difference", "first_difference"), ("Verified", "verified"), ("Rerun", "rerun"),
                ("Machine", "machine"), ("Threads", "threads"),
            ], rows: try records.map { run, record in try Self.row(run, record, cell.reader) }, notes: notes)
        var basis = CellBasis()
        basis.rows = table.digest
        return table.output(basis: basis)
    }

    /// The newest proof of the notebook in one sentence; nil for a notebook that was never proved.
    private func proofNote(_ reader: CatalogReader) throws -> String? {
        guard let record = try notebook.flatMap({ try reader.notebook($0) }) else { return nil }
        let proofs = try reader.notebookProofs(record.number, limit: 20)
        guard let proof = proofs.first(where: { $0.state == .done }), let finished = proof.finished else { return proofs.isEmpty ? nil : "The first proof of this notebook is being made." }
        let content = ProofContent(stored: JSONValue(stored: proof.content)), reruns = content.runs.filter { $0.rerun != nil }
        let machine = [
            Set(reruns.compactMap(\.kernels)).sorted().joined(separator: ", "), Set(reruns.compactMap(\.host)).sorted().joined(separator: ", "),
            Set(reruns.compactMap(\.threads)).sorted().map { "\($0) \($0 == 1 ? "thread" : "threads")" }.joined(separator: ", "),
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        return "Proof \(proof.number) of revision \(proof.revision.prefix(12)), asked by \(proof.author), \(UTCTime.text(finished))\(machine.isEmpty ? "" : " (\(machine))"): \(ProofJSON.summary(proof, content))"
    }

    private static func row(_ run: RunRecord, _ record: VerificationRecord?, _ reader: CatalogReader) throws -> [LinkedTable.Cell] {
        let own = LinkedTable.Cell(run.id, address: View(.page(.run(run.id))).address)
        guard let record else { return [own, .init("never verified", .null)] + [LinkedTable.Cell](repeating: .none, count: 6) }
        let rerun = try reader.run(record.rerun), verdict = record.state == .running ? "being verified" : record.state.rawValue
        let difference = record.firstDifference.map { JSONValue(stored: $0) }
        let place = difference.map { difference in
            ["kind", "step", "name"].compactMap { difference[$0].map { $0.stringValue ?? $0.canonicalText } }.joined(separator: " ")
        }
        return [
            own, .init(verdict, .string(record.state.rawValue)), .init(FigureNumber.count(record.compared), .count(record.compared)),
            difference.map { .init(place?.isEmpty == false ? place ?? "" : $0.canonicalText, $0) } ?? .none,
            record.finished.map { .init(UTCTime.text($0), .number($0)) } ?? .none, .init(record.rerun, address: View(.page(.run(record.rerun))).address),
            rerun?.host.map { .init($0) } ?? .none, rerun?.threads.map { .init("\($0)", .count($0)) } ?? .none,
        ]
    }

    // MARK: Plans

    /// A plan: what it would expand to; once queued (field `study`), how far it is.
    func plan(_ json: JSONValue, _ reader: CatalogReader) throws -> CellOutput {
        guard case .object(var fields) = json else { throw FieldError(path: "", problem: .wrongKind(expected: "an object", actual: json.kindName)) }
        if fields.removeValue(forKey: "study") != nil {
            var cell = try CellReader(json.objectValue?["study"].map { .object(["study": $0]) } ?? .null, reader)
            guard let study = try cell.studies(most: 1).first else { throw cell.fields.error("study", "must be the id of the queued study") }
            return try queued(study, fields, reader)
        }
        guard let preview else { return .failed("Plans cannot be previewed here.") }
        guard !fields.isEmpty else { return .failed("The plan is empty: it needs a dataset, models, a protocol and seeds.") }
        let found = try preview(json, reader)
        var output = CellOutput()
        output.basis.rows = JSONValue.array([found["digest"] ?? .null, found["exists"] ?? .null]).digest.hex
        var lines = [("Runs", found["runs"]?.integerValue.map { FigureNumber.count(Int($0)) } ?? "–"), ("Steps in all", found["steps"]?.integerValue.map { FigureNumber.count(Int($0)) } ?? "–")]
        let seconds = found["estimate"]?["seconds"]?.numberValue
        lines.append(("Estimated time", seconds.map { "\(FigureNumber.text($0 / 60, digits: 2)) min" } ?? "unknown: these models have not run here yet"))
        if let bytes = found["estimate"]?["memory_bytes"]?.integerValue { lines.append(("Memory of a worker", "\(FigureNumber.count(Int(bytes >> 20))) MiB")) }
        if found["exists"]?.boolValue == true { lines.append(("State", "this plan was queued already: study \(found["id"]?.stringValue ?? "")")) }
        let notes = found["notes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        output.html = Self.list(lines) + notes.map { "<p>\($0.escapedAsHTML)</p>" }.joined()
        output.forms = [CellOutput.Form(name: "json", type: "application/json", bytes: Array(found.canonicalText.utf8))]
        if found["exists"]?.boolValue == true, let id = found["id"]?.stringValue { output.address = View(.page(.study(id))).address }
        return output
    }

    private func queued(_ study: StudyRecord, _ fields: [String: JSONValue], _ reader: CatalogReader) throws -> CellOutput {
        let progress = try reader.progress(ofStudy: study.id)
        var output = CellOutput()
        output.address = View(.page(.study(study.id))).address
        output.basis.runs = try reader.runs(ofStudy: study.id).map { run in
            let content: JSONValue = ["run": .string(run.id), "ended": .bool(run.state.isFinal), "outcome": .optional(run.outcome?.rawValue)]
            return CellBasis.Run(id: run.id, digest: content.digest.hex, hasEnded: run.state.isFinal, evaluations: 0)
        }
        var lines = [("Study", study.name), ("State", StudyJSON.state(study, progress)), ("Runs", FigureNumber.count(progress.total))]
        for state in RunState.allCases where progress.count(state) > 0 { lines.append((state.rawValue.prefix(1).uppercased() + state.rawValue.dropFirst(), FigureNumber.count(progress.count(state)))) }
        lines.append(("Progress", FigureNumber.text((progress.fraction * 100).rounded(), digits: 3) + " %"))
        output.html = Self.list(lines)
        // A queued plan is frozen: the cell shows what was queued, and says so where its fields have changed since.
        if let preview, !fields.isEmpty, let now = try? preview(.object(fields), reader)["id"]?.stringValue, now != study.id {
            output.problem = "The fields of this cell are no longer those of study \(study.id), which was queued; a queued plan is frozen. Remove the field study to queue another."
        }
        return output
    }

    private static func list(_ lines: [(String, String)]) -> String {
        "<dl>" + lines.map { "<dt>\($0.escapedAsHTML)</dt><dd>\($1.escapedAsHTML)</dd>" }.joined() + "</dl>"
    }
}
