import GRDB

extension CatalogWriter {
    /// Inserts the queued runs of a study, each the next attempt at its specification: one statement per run, and one for all histories.
    /// - Cost: blocks other writers, so it reads nothing back and computes nothing that could be computed before.
    public func insert(_ runs: [NewRun], at time: Double) throws {
        let last = try reader.count("SELECT COALESCE(MAX(number), 0) FROM runs")
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO runs (id, specification, specification_digest, attempt, study, position, setting, model, dataset, seed,
                    steps, state, priority, requested_threads, requested_kernels, rerun_of, created, objective, submitter, executor)
                SELECT substr(?1, 1, 12) || '-' || (known.attempts + 1), ?2, ?1, known.attempts + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'queued', ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17
                FROM (SELECT COALESCE(MAX(attempt), 0) AS attempts FROM runs WHERE specification_digest = ?1) AS known
                """)
        for run in runs {
            try statement.execute(arguments: [
                run.specificationDigest, run.specification, run.study, run.position, run.setting, run.model, run.dataset, run.seed, run.steps,
                run.priority, run.requestedThreads, run.requestedKernels, run.rerunOf, time, run.objective,
                run.submitter, run.executor,
            ])
        }
        try self.run("UPDATE runs SET place = \(CatalogSchema.place(ofRun: true)) WHERE number > ?", [last])
        try self.run(
            "INSERT INTO run_history (run, time, state, reason, actor) SELECT number, ?, 'queued', 'submitted', ? FROM runs WHERE number > ? ORDER BY number",
            [time, runs.first?.actor ?? HistoryEntry.server, last])
    }
}
