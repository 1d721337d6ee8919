import GRDB

extension CatalogWriter {
    /// Gives a study a longer plan. Its id stays, and the plans that it had are kept.
    /// - Parameters:
    ///   - plan: its digest, its text, when and by whom it was given, and why
    ///   - kept: for each run that the study has, its position and setting in the longer plan
    public func extend(study: StudyRecord, by plan: StudyPlanRecord, keeping kept: [(number: Int64, position: Int?, setting: Int?)]) throws {
        let known = try reader.count("SELECT COALESCE(MAX(number), 0) FROM study_plans WHERE study = ?", [study.id])
        let first = StudyPlanRecord(digest: study.digest, plan: study.plan, time: study.created, actor: nil, reason: "")
        let new = known == 0 ? [first, plan] : [plan]
        for (place, given) in new.enumerated() {
            try run(
                "INSERT INTO study_plans (study, number, digest, plan, time, actor, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [study.id, known + place + 1, given.digest, given.plan, given.time, given.actor, given.reason])
        }
        try run("UPDATE studies SET plan = ?, digest = ?, finished = NULL WHERE id = ?", [plan.plan, plan.digest, study.id])
        for entry in kept { try run("UPDATE runs SET position = ?, setting = ? WHERE number = ?", [entry.position, entry.setting, entry.number]) }
    }
}
