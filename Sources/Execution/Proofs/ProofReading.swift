import Canonical
import Catalog
import Notebooks
import Results
import Storage

/// The work of a proof beside the queue: draws the cells of a revision again, reads the archives of the runs that they cite, and at the end looks up what differs. Changes nothing.
struct ProofReading: Sendable {
    let catalog: Catalog
    let files: CheckpointFiles
    let redrawing: CellRedrawing
    /// Answers the query of an SQL cell.
    let query: @Sendable (String) async throws -> SQLAnswer
    /// Draws samples of checkpoints.
    let sampling: CheckpointSampling
    /// Runs experiments.
    let experiments: ExperimentRunning

    // MARK: - Before the reruns

    /// Draws every cell again, and chooses the runs that are rerun.
    /// - Errors: `PinDamaged` for a damaged revision; those of the catalog; `CancellationError`
    func content(of proof: NotebookProofRecord) async throws -> ProofContent {
        let (notebook, outputs) = try await catalog.read { reader -> (Notebook, [String: NotebookCommit.Output]) in
            guard let revision = try reader.notebookRevision(proof.notebook, proof.revision) else { throw PinDamaged(digest: proof.revision) }
            return (try reader.notebookText(revision), try NotebookCommit(revision, of: proof.notebookID, reader).outputs)
        }
        var content = ProofContent(), protocols: Set<String> = []
        for cell in notebook.cells {
            try Task.checkCancellation()
            let shown = outputs[cell.id.text].map { CellRedrawing.Shown(source: $0.source, key: $0.key, output: $0.output) }
            let answer = cell.kind == .sql && shown != nil ? try await answer(to: cell) : nil
            var redrawing = redrawing
            if shown != nil { redrawing.resolver = try await experiments.prepared(sampling.prepared(redrawing.resolver, for: cell), for: cell) }
            let (redrawn, cited) = try await catalog.read { [redrawing] reader in
                let proof = try redrawing.proof(of: cell, shown: shown, answer: answer, reader)
                return (proof, shown.flatMap { try? StoredOutput($0.output, reader).basis.protocols } ?? [])
            }
            content.cells.append(redrawn)
            protocols.formUnion(cited)
        }
        var known: Set<String> = []
        content.runs = content.cells.flatMap(\.runs).filter { known.insert($0).inserted }.map(RunProof.init)
        try await choose(&content, proof, citing: protocols)
        return content
    }

    private func answer(to cell: Cell) async throws -> Result<SQLAnswer, SQLProblem> {
        do { return .success(try await query(cell.source)) } catch let problem as SQLProblem { return .failure(problem) }
    }

    private func choose(_ content: inout ProofContent, _ proof: NotebookProofRecord, citing protocols: Set<String>) async throws {
        var able: [String] = []
        for place in content.runs.indices {
            let id = content.runs[place].run
            if let obstacle = try await catalog.read({ try Self.obstacle(to: id, $0) }) {
                (content.runs[place].verdict, content.runs[place].reason) = (.undecided, obstacle)
            } else {
                able.append(id)
            }
        }
        let chosen = ProofContent.sample(proof.runs, of: able, seed: proof.seed)
        for place in content.runs.indices where chosen.contains(content.runs[place].run) {
            try Task.checkCancellation()
            content.runs[place].isChosen = true
            let id = content.runs[place].run
            let (checkpoints, evaluations) = try await catalog.read { reader in
                let run = try reader.requiredRun(id)
                return (try reader.checkpoints(ofRun: run.number), try Self.evaluations(of: run, citing: protocols, reader))
            }
            content.runs[place].evaluations = evaluations
            // Before the rerun, which puts the right file in the place of a damaged one.
            for checkpoint in checkpoints {
                try Task.checkCancellation()
                files.check(checkpoint, &content.runs[place])
            }
        }
    }

    /// Why a run cannot be rerun and compared; nil for one that can.
    static func obstacle(to id: String, _ reader: CatalogReader) throws -> String? {
        guard let run = try reader.run(id) else { return "it is no longer in the catalog" }
        if run.state.isComparable { return nil }
        guard run.state.isFinal else { return "it is \(run.state.rawValue): prove the notebook when it has ended" }
        let detail = run.message.isEmpty || run.message == run.state.rawValue ? "" : " (\(run.message))"
        return "it was stopped before its end: \(run.state.rawValue)\(detail), and only runs that are done or diverged can be compared"
    }

    /// The evaluations beside training whose values the cells may show.
    private static func evaluations(of run: RunRecord, citing protocols: Set<String>, _ reader: CatalogReader) throws -> [RunProof.Evaluation] {
        try reader.evaluationJobs(ofRun: run.number, limit: 10_000).filter { $0.state == .done }.reversed().filter { job in
            guard !protocols.isEmpty else { return true }
            return try reader.evaluations(ofJob: job).contains { protocols.contains($0.protocolDigest) }
        }.map { RunProof.Evaluation(job: $0.id) }
    }

    // MARK: - After them

    /// Reads what became of the reruns, and gives every run and cell its verdict.
    func conclusion(of given: ProofContent) async throws -> ProofContent {
        var content = given
        for place in content.runs.indices where content.runs[place].isChosen {
            try Task.checkCancellation()
            let run = content.runs[place]
            content.runs[place] = try await catalog.read { try Self.judged(run, $0) }
            locate(&content.runs[place])
        }
        content.conclude()
        return content
    }

    /// The verdict of a run by the comparison with its rerun and by its repeated evaluations.
    static func judged(_ given: RunProof, _ reader: CatalogReader) throws -> RunProof {
        var proof = given
        guard let rerun = try proof.rerun.flatMap({ try reader.run($0) }), let comparison = try reader.verification(byRerun: rerun.number) else {
            (proof.verdict, proof.reason) = (.undecided, proof.reason ?? "its rerun is not in the catalog")
            return proof
        }
        (proof.threads, proof.kernels, proof.host, proof.program) = (rerun.threads, rerun.kernels, rerun.host, rerun.program)
        proof.compared = comparison.compared
        switch comparison.state {
        case .identical: proof.verdict = .identical
        case .different:
            proof.verdict = .different
            let first = comparison.firstDifference.map { JSONValue(stored: $0) }
            proof.difference = ProofDifference(
                first?["kind"]?.stringValue ?? "outcome", run: proof.run, step: first?["step"]?.integerValue.flatMap { Int(exactly: $0) }, name: first?["name"]?.stringValue,
                original: first?["original"]?.stringValue, repeated: first?["rerun"]?.stringValue)
        case .inconclusive:
            proof.verdict = .undecided
            proof.reason = RunJSON.verification(comparison)["reason"]?["detail"]?.stringValue ?? "the comparison with its rerun is inconclusive"
        case .running: (proof.verdict, proof.reason) = (.undecided, "its rerun \(rerun.id) has not ended")
        }
        if proof.verdict == .identical { try judge(evaluationsOf: &proof, reader) }
        return proof
    }

    private static func judge(evaluationsOf proof: inout RunProof, _ reader: CatalogReader) throws {
        for evaluation in proof.evaluations {
            guard let original = try reader.evaluationJob(evaluation.job) else { continue }
            guard evaluation.problem == nil, let repeated = try evaluation.repeated.flatMap({ try reader.evaluationJob($0) }), repeated.state == .done else {
                let why = try evaluation.problem ?? evaluation.repeated.flatMap { try reader.evaluationJob($0) }.map { "its repetition \($0.id) is \($0.state.rawValue): \($0.message)" }
                (proof.verdict, proof.reason) = (.undecided, "evaluation \(evaluation.job): \(why ?? "it was not repeated")")
                continue
            }
            func values(_ job: EvaluationJob) throws -> [String: (name: String, text: String)] {
                Dictionary(
                    try reader.evaluations(ofJob: job).map { ("\($0.metric) \($0.protocolDigest)", ($0.metric, $0.value.map { "\($0)" } ?? "null")) }, uniquingKeysWith: { $1 })
            }
            let (before, again) = (try values(original), try values(repeated))
            proof.compared += before.count
            for key in Set(before.keys).union(again.keys).sorted() where before[key]?.text != again[key]?.text {
                proof.verdict = .different
                proof.difference = ProofDifference(
                    "evaluation", run: proof.run, step: original.step, name: before[key]?.name ?? again[key]?.name, original: before[key]?.text, repeated: again[key]?.text)
                return
            }
        }
    }

    /// Names the tensor of a checkpoint that differs. A damaged file is a difference whatever the rerun gave.
    private func locate(_ run: inout RunProof) {
        if let difference = run.difference, ["checkpoint", "final"].contains(difference.kind), let original = difference.original, let repeated = difference.repeated,
            let tensor = files.firstTensor(original, repeated)
        {
            run.difference = ProofDifference("tensor", run: run.run, step: difference.step, name: tensor.name, original: tensor.original, repeated: tensor.repeated)
        }
        guard let damage = run.damages.first, run.verdict != .different || (run.difference?.step ?? 0) > damage.step else { return }
        run.verdict = .different
        run.reason = damage.problem.map { "The file of its checkpoint at step \(damage.step) is damaged: \($0)." } ?? "The file of its checkpoint at step \(damage.step) had another content than its digest names."
        if let tensor = files.firstTensor(damage) {
            run.difference = ProofDifference("tensor", run: run.run, step: damage.step, name: tensor.name, original: tensor.original, repeated: tensor.repeated)
        } else {
            run.difference = ProofDifference("archive", run: run.run, step: damage.step, name: damage.tensor, original: damage.found, repeated: damage.digest)
        }
    }
}
