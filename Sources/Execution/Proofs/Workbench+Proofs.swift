import Canonical
package import Catalog
import Datasets
import Logging
import Notebooks
import Results

/// Proofs of notebooks: their reruns and evaluations go through the queue like all others. A proof is a row that says how far it is; each pass of the reconciler
/// looks what the next step needs, so that a proof goes on wherever a kill has left it.
extension Workbench {
    /// The proofs that a notebook keeps.
    package static let mostProofs = 10_000

    /// Begins the proof of a revision; one that was asked for in the same words and has not ended is returned instead.
    /// - Parameter revision: its digest; nil for the present document.
    /// - Errors: `WorkbenchError.unknownNotebook`, `.notebookDeleted`, `.unknownRevision`, `.tooManyProofs`, `.stopping`
    package func prove(
        _ id: String, _ request: ProofRequest, revision: String? = nil, by actor: some AuditActor
    ) async throws -> (proof: NotebookProofRecord, isNew: Bool) {
        guard !isStopping else { throw WorkbenchError.stopping }
        let revision = try await notebooks.revision(id, revision)
        let time = now
        let result = try catalog.writeNow { writer -> (proof: NotebookProofRecord, isNew: Bool) in
            let notebook = try writer.reader.openNotebook(id)
            let known = try writer.reader.openNotebookProofs().first {
                $0.notebook == notebook.number && $0.revision == revision.digest && ($0.runs, $0.seed, $0.threads) == (request.runs, request.seed, request.threads)
                    && $0.state != .cancelling
            }
            if let known { return (known, false) }
            guard try writer.reader.notebookProofCount(notebook.number) < Workbench.mostProofs else { throw WorkbenchError.tooManyProofs(Workbench.mostProofs) }
            let proof = try writer.insert(
                NotebookProofRecord(
                    notebook: notebook.number, notebookID: id, revision: revision.digest, runs: request.runs, seed: request.seed, threads: request.threads, author: actor.name,
                    member: actor.member, created: time))
            try audit(actor, "prove", "notebook \(id)", detail: "proof \(proof.number) of revision \(revision.digest.prefix(12))", writer)
            return (proof, true)
        }
        focusedProofs.insert(result.proof.key)
        try focus(on: ProofContent(stored: JSONValue(stored: result.proof.content)).jobs)
        tell(result.proof)
        areProofsDue = true
        lookForWork()
        return result
    }

    /// Stops the reruns of a proof. What has been compared is kept.
    /// - Errors: `WorkbenchError.unknownProof`, `.proofEnded`
    package func cancelProof(_ id: String, _ number: Int, by actor: some AuditActor) throws -> NotebookProofRecord {
        let proof = try catalog.writeNow { writer -> NotebookProofRecord in
            guard let notebook = try writer.reader.notebook(id), var proof = try writer.reader.notebookProof(notebook.number, number) else {
                throw WorkbenchError.unknownProof(number, notebook: id)
            }
            guard !proof.state.isFinal else { throw WorkbenchError.proofEnded(number, notebook: id, state: proof.state.rawValue) }
            guard proof.state != .cancelling else { return proof }
            let state = proof.state
            proof.state = .cancelling
            _ = try writer.advance(proof, from: state)
            try audit(actor, "cancel", "notebook \(id)", detail: "proof \(number)", writer)
            return proof
        }
        proofTasks[proof.key]?.cancel()
        focusedProofs.insert(proof.key)
        tell(proof)
        areProofsDue = true
        lookForWork()
        return proof
    }

    // MARK: - Steps

    /// Takes every open proof as far as it can go now.
    func advanceProofs() {
        guard areProofsDue, stage == .working else { return }
        areProofsDue = false
        do {
            for proof in try catalog.readNow({ try $0.openNotebookProofs() }) where !settings.isFocused || focusedProofs.contains(proof.key) {
                do { try advance(proof) } catch { cannotAdvance(proof, error) }
            }
        } catch {
            areProofsDue = true
            notePassProblem(error, "proofs of notebooks cannot be continued now, and this is tried again")
        }
    }

    private func cannotAdvance(_ proof: NotebookProofRecord, _ error: any Error) {
        areProofsDue = true
        notePassProblem(error, "the proof \(proof.key) cannot be continued now, and this is tried again")
    }

    private func advance(_ proof: NotebookProofRecord) throws {
        switch proof.state {
        case .reading: inBackground(proof) { try await $0.content(of: proof) }
        case .rerunning: try lookAtReruns(proof)
        case .evaluating: try lookAtEvaluations(proof)
        case .concluding:
            let content = ProofContent(stored: JSONValue(stored: proof.content))
            inBackground(proof) { try await $0.conclusion(of: content) }
        case .cancelling: try stopJobs(of: proof)
        case .done, .cancelled: break
        }
    }

    /// Does the work of a stage without keeping the workbench; at most once at a time.
    private func inBackground(_ proof: NotebookProofRecord, _ work: @escaping @Sendable (ProofReading) async throws -> ProofContent) {
        guard proofTasks[proof.key] == nil else { return }
        let reading = ProofReading(
            catalog: catalog, files: CheckpointFiles(storage), redrawing: CellRedrawing(CellResolver(views: views)), query: { [self] in try await sql($0) }, sampling: sampling, experiments: experimenting)
        proofTasks[proof.key] = Task.detached(priority: .utility) {
            let result: Result<ProofContent, any Error>
            do { result = .success(try await work(reading)) } catch { result = .failure(error) }
            await self.workEnded(proof, result)
        }
    }

    private func workEnded(_ proof: NotebookProofRecord, _ result: Result<ProofContent, any Error>) {
        proofTasks[proof.key] = nil
        guard stage == .working else { return }
        areProofsDue = true
        wakeUp.ring()
        do {
            switch result {
            case .success(let content): try proof.state == .reading ? beginReruns(proof, content) : end(proof, content)
            case .failure(is CancellationError): break
            case .failure(let error):
                logger.error("the proof \(proof.key) cannot be made: \(error)")
                var content = ProofContent(stored: JSONValue(stored: proof.content))
                content.problem = error is PinDamaged ? "The revision is damaged: its stored bytes do not have its digest." : ErrorSentence.of(error)
                try end(proof, content)
            }
        } catch {
            // The next pass does the work again.
            cannotAdvance(proof, error)
        }
    }

    private func beginReruns(_ given: NotebookProofRecord, _ read: ProofContent) throws {
        guard read.runs.contains(where: \.isChosen) else {
            var content = read
            content.conclude()
            return try end(given, content)
        }
        let (content, isStored) = try catalog.writeNow { writer -> (ProofContent, Bool) in
            var proof = given, content = read
            for place in content.runs.indices where content.runs[place].isChosen {
                guard let original = try writer.reader.run(content.runs[place].run), original.state.isComparable else {
                    content.runs[place].isChosen = false
                    (content.runs[place].verdict, content.runs[place].reason) = (.undecided, try ProofReading.obstacle(to: content.runs[place].run, writer.reader))
                    continue
                }
                content.runs[place].rerun = try submitRerun(of: original, threads: proof.threads, kernels: nil, writer).id
            }
            (proof.state, proof.content) = (.rerunning, content.json.canonicalText)
            guard try writer.advance(proof, from: .reading) else { throw Outdated() }
            return (content, true)
        } ifOutdated: { (read, false) }
        guard isStored else { return }
        if settings.isFocused { focus.formUnion(content.jobs) }
        for id in content.runs.compactMap(\.rerun).prefix(100) { tell(run: id) }
        told(given, .rerunning)
        lookForWork()
    }

    /// Once every rerun was compared, the evaluations beside training are repeated on their checkpoints.
    private func lookAtReruns(_ given: NotebookProofRecord) throws {
        var content = ProofContent(stored: JSONValue(stored: given.content))
        let comparisons = try catalog.readNow { reader in
            try content.runs.map { run in try run.rerun.flatMap { try reader.run($0) }.flatMap { try reader.verification(byRerun: $0.number) } }
        }
        guard !comparisons.contains(where: { $0?.state == .running }) else { return }
        var proof = given
        let submitted = try catalog.writeNow { writer -> [String]? in
            for place in content.runs.indices where comparisons[place]?.state == .identical {
                for one in content.runs[place].evaluations.indices {
                    try repeatEvaluation(&content.runs[place].evaluations[one], on: content.runs[place].rerun ?? "", threads: proof.threads, writer)
                }
            }
            let jobs = content.runs.flatMap(\.evaluations).compactMap(\.repeated)
            (proof.state, proof.content) = (jobs.isEmpty ? .concluding : .evaluating, content.json.canonicalText)
            guard try writer.advance(proof, from: .rerunning) else { throw Outdated() }
            return jobs
        } ifOutdated: { nil }
        guard let jobs = submitted else { return }
        if settings.isFocused { focus.formUnion(jobs) }
        told(proof, proof.state)
        areProofsDue = true
        lookForWork()
    }

    private func repeatEvaluation(_ evaluation: inout RunProof.Evaluation, on rerun: String, threads: Int?, _ writer: CatalogWriter) throws {
        guard let job = try writer.reader.evaluationJob(evaluation.job), let run = try writer.reader.run(rerun) else { return }
        guard let checkpoint = try writer.reader.checkpoints(ofRun: run.number).first(where: { $0.step == job.step }) else {
            evaluation.problem = "the rerun has no checkpoint at step \(job.step)"
            return
        }
        let request = JSONValue(stored: job.request).adding("checkpoint", .string(checkpoint.digest))
        let new = NewEvaluation(
            run: run.id, step: job.step, checkpoint: checkpoint.digest, request: request.canonicalText, requestDigest: request.digest.hex, priority: 1,
            requestedThreads: threads)
        evaluation.repeated = try writer.submit(new, at: now).job.id
    }

    private func lookAtEvaluations(_ given: NotebookProofRecord) throws {
        let content = ProofContent(stored: JSONValue(stored: given.content))
        let isOver = try catalog.readNow { reader in
            try content.runs.flatMap(\.evaluations).compactMap(\.repeated).allSatisfy { try reader.evaluationJob($0)?.state.isFinal ?? true }
        }
        guard isOver else { return }
        var proof = given
        proof.state = .concluding
        _ = try catalog.writeNow { [proof] in try $0.advance(proof, from: .evaluating) }
        told(proof, .concluding)
        areProofsDue = true
        wakeUp.ring()
    }

    private func stopJobs(of given: NotebookProofRecord) throws {
        guard proofTasks[given.key] == nil else { return }
        let content = ProofContent(stored: JSONValue(stored: given.content))
        let open = try catalog.readNow { reader in try content.jobs.compactMap { try reader.job($0) }.filter { !$0.state.isFinal } }
        for job in open where !job.cancelling {
            switch job {
            case .training(let run): _ = try cancel(run: run.id)
            case .evaluation(let evaluation): _ = try cancel(evaluation: evaluation.id)
            }
        }
        // Jobs that were only queued have ended now.
        guard try catalog.readNow({ reader in try content.jobs.allSatisfy { try reader.job($0)?.state.isFinal ?? true } }) else { return }
        var proof = given, ended = content
        for place in ended.runs.indices where ended.runs[place].isChosen {
            let run = ended.runs[place]
            ended.runs[place] = try catalog.readNow { try ProofReading.judged(run, $0) }
            if ended.runs[place].verdict == .undecided { ended.runs[place].reason = "the proof was cancelled" }
        }
        ended.conclude()
        (proof.state, proof.content, proof.verdict, proof.finished) = (.cancelled, ended.json.canonicalText, ProofVerdict.undecided.rawValue, max(now, given.created))
        _ = try catalog.writeNow { [proof] in try $0.advance(proof, from: .cancelling) }
        told(proof, .cancelled)
    }

    private func end(_ given: NotebookProofRecord, _ content: ProofContent) throws {
        var proof = given
        (proof.state, proof.content, proof.verdict, proof.finished) = (.done, content.json.canonicalText, content.verdict.rawValue, max(now, given.created))
        guard try catalog.writeNow({ [proof] in try $0.advance(proof, from: given.state) }) else { return }
        logger.info("the proof \(proof.key): \(content.verdict.words)")
        told(proof, .done)
    }

    // MARK: - Telling

    private func told(_ given: NotebookProofRecord, _ state: NotebookProofRecord.State) {
        var proof = given
        proof.state = state
        tell(proof)
    }

    private func tell(_ proof: NotebookProofRecord) {
        let data: JSONValue = .object([
            "notebook": .string(proof.notebookID), "number": .count(proof.number), "state": .string(proof.state.rawValue), "verdict": .optional(proof.verdict),
        ])
        hub.publish("proof", notebook: proof.notebookID, data: data.canonicalText)
    }
}

/// A proof is no longer in the stage that its step began with: it was cancelled.
private struct Outdated: Error {}

extension Catalog {
    /// Writes; a step of a proof that was cancelled meanwhile is undone as a whole.
    fileprivate func writeNow<Value>(_ body: (CatalogWriter) throws -> Value, ifOutdated other: () -> Value) throws -> Value {
        do { return try writeNow(body) } catch is Outdated { return other() }
    }
}

extension NotebookProofRecord {
    /// Names the proof among all: the notebook's id and the number.
    package var key: String { "\(notebookID) \(number)" }
}

extension ProofContent {
    /// The jobs of the queue that belong to the proof.
    var jobs: [String] { runs.compactMap(\.rerun) + runs.flatMap(\.evaluations).compactMap(\.repeated) }
}
