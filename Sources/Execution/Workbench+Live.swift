import Canonical
import Catalog
import Logging
import Results

/// What live subscribers are sent, and when.
extension Workbench {
    /// Publishes the current state of a run, and soon that of its study.
    func tell(run id: String) {
        telling {
            guard let run = try catalog.readNow({ try $0.run(id) }) else { return }
            let scores = try catalog.readNow { try $0.scores(ofRun: run.number) }
            publish("run", RunJSON.changing(run, scores: scores), run)
            if let study = run.study { changedStudies.insert(study) }
        }
    }

    /// Tells the present state of a run or an evaluation.
    func tell(job id: String) {
        telling {
            guard case .evaluation(let job)? = try catalog.readNow({ try $0.job(id) }) else { return tell(run: id) }
            publish("evaluation_job", EvaluationJobJSON.full(job), run: job.runID, study: job.study)
        }
    }

    func tell(study id: String) {
        changedStudies.insert(id)
    }

    /// Many runs of a study changed at once: subscribers fetch again instead of receiving each change.
    func tellManyRuns(ofStudy id: String) {
        hub.publish("reset", study: id, data: "{}")
        changedStudies.insert(id)
    }

    func tell(_ changes: IngestedChanges, of job: JobRecord) {
        guard case .training(let run) = job else {
            if changes.run { tell(job: job.id) }
            for evaluation in changes.evaluations { publish("evaluation", RunJSON.evaluation(evaluation), run: job.run, study: job.study) }
            // A value can be the run's first of its metric, and so its score.
            if !changes.evaluations.isEmpty { tell(run: job.run) }
            return
        }
        if changes.run { tell(run: run.id) }
        if !changes.metrics.steps.isEmpty { publish("metrics", RunJSON.metrics(changes.metrics), run) }
        for evaluation in changes.evaluations { publish("evaluation", RunJSON.evaluation(evaluation), run) }
        for sample in changes.samples { publish("samples", RunJSON.sample(sample, run: run.id), run) }
        for checkpoint in changes.checkpoints { publish("checkpoint", RunJSON.checkpoint(checkpoint, values: [:]), run) }
    }

    /// The progress of the studies that changed, at most every half second.
    func tellStudies() {
        guard !changedStudies.isEmpty, uptime >= toldStudiesAt + 0.5 else { return }
        toldStudiesAt = uptime
        let studies = changedStudies.sorted()
        changedStudies = []
        telling {
            for id in studies {
                let json = try catalog.readNow { reader -> JSONValue? in
                    guard let study = try reader.study(id) else { return nil }
                    return try reader.studyJSON(study, try reader.progress(ofStudy: id), workers: settings.workerLimit)
                }
                if let json { hub.publish("study", study: id, data: json.canonicalText) }
            }
        }
    }

    private func publish(_ name: String, _ value: JSONValue, _ run: RunRecord) {
        publish(name, value, run: run.id, study: run.study)
    }

    private func publish(_ name: String, _ fields: [String: JSONValue], _ run: RunRecord) {
        publish(name, .object(fields), run: run.id, study: run.study)
    }

    private func publish(_ name: String, _ value: JSONValue, run: String, study: String?) {
        guard case .object(var fields) = value else { return }
        fields["run"] = .string(run)
        fields["study"] = .optional(study)
        hub.publish(name, run: run, study: study, data: JSONValue.object(fields).canonicalText)
    }

    /// Live events are best effort: problems are logged and stop nothing.
    private func telling(_ body: () throws -> Void) {
        do { try body() } catch { logger.error("live events: \(error)") }
    }
}
