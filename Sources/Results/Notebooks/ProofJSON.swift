package import Canonical
package import Catalog
package import Notebooks

/// How a proof of a notebook looks to the outside.
package enum ProofJSON {
    /// A proof without its cells and runs.
    package static func listed(_ proof: NotebookProofRecord) -> JSONValue { .object(facts(proof, ProofContent(stored: JSONValue(stored: proof.content)))) }

    /// A proof with its runs and cells, and while it is being made how far it is.
    /// - Parameter cells: the present cells with what they show now, for "changed since the proof"; nil where that does not matter.
    package static func full(_ proof: NotebookProofRecord, now cells: [(cell: Cell, output: String?)]?, _ reader: CatalogReader) throws -> JSONValue {
        let content = ProofContent(stored: JSONValue(stored: proof.content))
        var fields = facts(proof, content)
        fields["progress"] = proof.finished == nil ? try progress(proof, content, reader) : .null
        fields["cells"] = .array(content.cells.map { cell in
            .object([
                "cell": .string(cell.cell), "kind": .string(cell.kind), "verdict": .optional(cell.verdict?.rawValue), "reason": .optional(cell.reason),
                "difference": difference(cell.difference), "runs": .array(cell.runs.map { .string($0) }), "rerun": .count(cell.rerun), "forms": .count(cell.forms),
                "expressions": .count(cell.expressions), "changed": .optional(changed(cell, cells)),
            ])
        })
        fields["runs"] = .array(content.runs.map { run in
            .object([
                "run": .string(run.run), "chosen": .bool(run.isChosen), "rerun": .optional(run.rerun), "verdict": .optional(run.verdict?.rawValue), "reason": .optional(run.reason),
                "difference": difference(run.difference), "compared": .count(run.compared), "archives": .count(run.archives), "damaged_archives": .count(run.damages.count), "missing_archives": .count(run.missing),
                "threads": .optional(run.threads), "kernels": .optional(run.kernels), "host": .optional(run.host), "program": .optional(run.program),
                "evaluations": .array(run.evaluations.compactMap { $0.repeated.map { .string($0) } }),
            ])
        })
        return .object(fields)
    }

    private static func facts(_ proof: NotebookProofRecord, _ content: ProofContent) -> [String: JSONValue] {
        let first = content.firstDifference
        let reruns = content.runs.filter { $0.rerun != nil }
        func all<Value: Hashable & Comparable>(_ key: (RunProof) -> Value?) -> [Value] { Set(reruns.compactMap(key)).sorted() }
        return [
            "notebook": .string(proof.notebookID), "number": .count(proof.number), "revision": .string(proof.revision), "state": .string(proof.state.rawValue),
            "verdict": .optional(proof.verdict), "author": .string(proof.author), "created": .number(proof.created), "finished": .optional(proof.finished),
            "asked": .object(["runs": .optional(proof.runs), "seed": .count(proof.seed), "threads": .optional(proof.threads)]),
            "cited_runs": .count(content.runs.count), "chosen_runs": .count(content.runs.count(where: \.isChosen)), "reruns": .count(reruns.count),
            "run_verdicts": counts(content.runs.map(\.verdict)), "cell_verdicts": counts(content.cells.map(\.verdict)),
            "first_difference": first.map { difference($0.difference).adding("cell", .optional($0.cell)) } ?? .null, "problem": .optional(content.problem),
            "kernels": .array(all(\.kernels).map { .string($0) }), "hosts": .array(all(\.host).map { .string($0) }), "threads": .array(all(\.threads).map { .count($0) }),
            "programs": .array(all(\.program).map { .string($0) }), "command": .string(command(proof, first?.difference.run)), "summary": .string(summary(proof, content)),
        ]
    }

    private static func difference(_ difference: ProofDifference?) -> JSONValue {
        difference.map { $0.json.adding("words", .string($0.description)) } ?? .null
    }

    private static func counts(_ verdicts: [ProofVerdict?]) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: ProofVerdict.allCases.map { verdict in (verdict.rawValue, .count(verdicts.count { $0 == verdict })) }))
    }

    /// The command that checks the same, or the run that differs.
    private static func command(_ proof: NotebookProofRecord, _ run: String?) -> String {
        if let run { return "fidelio verify \(run)" }
        return "fidelio prove \(proof.notebookID)" + (proof.runs.map { " --runs \($0) --seed \(proof.seed)" } ?? "") + (proof.threads.map { " --threads \($0)" } ?? "")
    }

    /// The proof in one sentence.
    package static func summary(_ proof: NotebookProofRecord, _ content: ProofContent) -> String {
        guard proof.finished != nil else { return "The proof is being made." }
        if proof.state == .cancelled { return "The proof was cancelled." }
        if let problem = content.problem { return "No verdict: \(problem)" }
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(number == 1 ? noun : noun + "s")" }
        let (runs, cells) = (content.runs, content.cells)
        let compared = runs.count { $0.verdict == .identical || $0.verdict == .different }
        let scope = "\(count(compared, "run")) of \(runs.count) cited \(compared == 1 ? "was" : "were") rerun"
        switch ProofVerdict(rawValue: proof.verdict ?? "") {
        case .identical:
            let open = cells.count { $0.verdict == .undecided }
            return "Identical: \(scope), and \(count(cells.count { $0.verdict == .identical }, "cell")) drawn again, with the same bits"
                + (open > 0 ? "; \(count(open, "cell")) without a verdict, because no run of \(open == 1 ? "it" : "them") was rerun." : ".")
        case .different:
            return "Different: \(content.firstDifference.map { $0.difference.description } ?? "see its cells"). \(count(cells.count { $0.verdict == .different }, "cell")) different; \(scope)."
        case .uncited: return "The notebook cites no results, so there is nothing to prove."
        case .undecided, nil:
            let first = cells.first { $0.verdict == .undecided }
            return "No verdict: \(first.map { "cell \($0.cell): \($0.reason ?? "it could not be compared")" } ?? "nothing could be compared") (\(scope))"
        }
    }

    private static func changed(_ cell: CellProof, _ now: [(cell: Cell, output: String?)]?) -> String? {
        guard let now else { return nil }
        guard let present = now.first(where: { $0.cell.id.text == cell.cell }) else { return "deleted" }
        if present.cell.sourceDigest != cell.source { return "edited" }
        return present.output != cell.output ? "updated" : nil
    }

    // MARK: - Progress

    private static func progress(_ proof: NotebookProofRecord, _ content: ProofContent, _ reader: CatalogReader) throws -> JSONValue {
        let reruns = try content.runs.compactMap { run in try run.rerun.flatMap { try reader.run($0) } }
        let steps = reruns.reduce(0) { $0.addingSaturating($1.steps) }
        let done = reruns.reduce(0) { $0.addingSaturating($1.state.isFinal ? $1.steps : min($1.step, $1.steps)) }
        let rates = reruns.filter { $0.state == .running }.compactMap(\.rate).filter { $0 > 0 }
        let rate = rates.reduce(0, +)
        let fraction: Double? = switch proof.state {
        case .reading: nil
        case .rerunning, .evaluating, .cancelling: steps > 0 ? Double(done) / Double(steps) : nil
        case .concluding, .done, .cancelled: 1
        }
        return .object([
            "fraction": .optional(fraction), "runs_ended": .count(reruns.count(where: \.state.isFinal)), "rate": .optional(rate > 0 ? rate : nil),
            "remaining_seconds": .optional(proof.state == .rerunning && rate > 0 ? Double(steps - done) / rate : nil),
        ])
    }
}
