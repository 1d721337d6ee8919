import GRDB

extension RunRecord {
    static let columns = """
        runs.number, runs.id, runs.specification, runs.specification_digest, runs.attempt, runs.study, runs.position, runs.setting,
        runs.model, runs.dataset, runs.seed, runs.steps, runs.state, runs.message, runs.priority, runs.cancelling,
        runs.requested_threads, runs.requested_kernels, runs.rerun_of, runs.created, runs.started, runs.finished, runs.step, runs.rate,
        runs.remaining, runs.phase, runs.phase_fraction, runs.heartbeat, runs.threads, runs.kernels, runs.host, runs.program,
        runs.final_digest, runs.restarts, runs.restart_mark, runs.events_offset, runs.damaged_events,
        runs.place, runs.hold, runs.submitter, runs.executor,
        runs.outcome, runs.unknown_events, runs.log_version, runs.objective, runs.origin
        """

    /// - Errors: `CatalogError.unknown` for a state or an outcome that no schema defines.
    init(row: Row) throws {
        self.init(
            number: row["number"], id: row["id"], specification: row["specification"],
            specificationDigest: row["specification_digest"], attempt: row["attempt"], study: row["study"],
            position: row["position"], setting: row["setting"], model: row["model"], dataset: row["dataset"], seed: row["seed"],
            steps: row["steps"], objective: row["objective"], requestedKernels: row["requested_kernels"], rerunOf: row["rerun_of"], step: row["step"],
            finalDigest: row["final_digest"], origin: (row["origin"] as String?).flatMap(RunOrigin.init(stored:)), standing: try JobStanding(row: row, of: "run"))
    }
}
