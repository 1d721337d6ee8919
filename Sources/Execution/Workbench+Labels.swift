package import Catalog

extension Workbench {
    /// Labels runs and studies, in one transaction with its audit entries.
    /// - Errors: `WorkbenchError.unknownRun`, `.unknownStudy`; `TooManyTags`
    package func label(
        runs: [String], studies: [String], _ change: LabelChange, by actor: some AuditActor
    ) throws -> (runs: [String: Labels], studies: [String: Labels]) {
        let labelled = try catalog.writeNow { writer in
            var found: (runs: [String: Labels], studies: [String: Labels]) = ([:], [:])
            for id in runs {
                guard let run = try writer.reader.run(id) else { throw WorkbenchError.unknownRun(id) }
                found.runs[id] = try writer.label(run, change)
                try audit(actor, "label", "run \(id)", writer)
            }
            for id in studies {
                guard let study = try writer.reader.study(id) else { throw WorkbenchError.unknownStudy(id) }
                let labels = try writer.label(study, change)
                found.studies[id] = labels
                try audit(actor, "label", "study \(id)", detail: labels.name == study.name ? "" : "renamed from \(study.name) to \(labels.name)", writer)
            }
            return found
        }
        for id in studies { tell(study: id) }
        wakeUp.ring()
        return labelled
    }
}
