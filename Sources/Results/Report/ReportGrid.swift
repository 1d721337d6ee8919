import Canonical
import Catalog
import Storage
import Training

/// An image of a run's samples: its run, its caption, its file, and its name in the report.
struct ReportGrid {
    enum Role: String { case standard = "default", best }

    let model: String
    let role: Role
    let words: String
    let path: String
    var name: String { "grid-\(model)-\(role.rawValue).png" }

    /// For each model the first seed of its default setting, and its best run if that is another. The grid is from the step of the run's selected
    /// value, or the last one if no grid was written at that step.
    static func all(_ comparison: Comparison, _ storage: StorageFolder, _ reader: CatalogReader) throws -> [ReportGrid] {
        try comparison.groups.flatMap { group -> [ReportGrid] in
            let ended = comparison.ended(group)
            let first = ended.filter { ($0.run.setting ?? 0) == 0 }.min { $0.run.seed < $1.run.seed }
            let best = ended.filter { comparison.score($0) != nil }
                .min { (comparison.score($0) ?? 0, $0.run.number) < (comparison.score($1) ?? 0, $1.run.number) }
            var chosen: [(Role, StudyResults.Entry)] = first.map { [(.standard, $0)] } ?? []
            if let best, best.run.id != first?.run.id { chosen.append((.best, best)) }
            return try chosen.compactMap { role, entry in
                guard let sample = try sample(of: entry, comparison, reader) else { return nil }
                let path = storage.run(entry.run.id).path + "/" + sample.file
                guard FileSystem.exists(path) else { return nil }
                return ReportGrid(
                    model: group.model, role: role, words: words(entry, sample, comparison), path: path)
            }
        }
    }

    private static func sample(of entry: StudyResults.Entry, _ comparison: Comparison, _ reader: CatalogReader) throws -> SampleRecord? {
        let step = comparison.query.selection == .best ? entry.score?.bestStep : entry.score?.finalStep
        if entry.run.state == .done, let step, let sample = try reader.sample(ofRun: entry.run.number, step: step) { return sample }
        return try reader.latestSample(ofRun: entry.run.number)
    }

    /// The caption, in Markdown.
    private static func words(_ entry: StudyResults.Entry, _ sample: SampleRecord, _ comparison: Comparison) -> String {
        let run = entry.run
        let settings = (JSONValue(stored: run.specification)["hyperparameters"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.stringValue ?? $0.value.canonicalText)" }.joined(separator: ", ")
        let value: String
        if run.state != .done {
            value = "\(run.state.rawValue) at step \(run.step)"
        } else if let number = comparison.value(entry), let step = entry.score?.bestStep {
            value = "\(comparison.metricTitle) \(comparison.short(number)) at step \(step)"
        } else {
            value = "no \(comparison.metricTitle)"
        }
        return "\(value)\(entry.isCollapsed ? ", collapsed" : ""); image at step \(sample.step). Setting \(run.setting ?? 0), seed \(run.seed)\(settings.isEmpty ? "" : ": \(settings)"). Run `\(run.id)`."
    }
}
