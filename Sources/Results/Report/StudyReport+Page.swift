import Canonical
import Catalog
import Figures
import Studies

/// The page of a report, in Markdown.
extension StudyReport {
    /// - Errors: `ResultsError.mixedProtocols`
    func page() throws -> String {
        let tables = ReportTables(comparison: comparison)
        var text = "# \(Self.plain(study.name))\n\nCreated by `fidelio report`; the plan is [plan.json](plan.json), digest `\(study.digest)`, and "
        text += "`fidelio study plan.json` reproduces the same numbers.\n\n" + facts(JSONValue(stored: study.plan))
        text += "\n## How the runs ended\n\n" + tables.outcomes.markdown
        if let endings = tables.endings { text += "\n<details><summary>\(endings.rows.count) runs collapsed, diverged, or failed</summary>\n\n\(endings.markdown)\n</details>\n" }
        text += samples
        text += try section(comparison)
        for comparison in further { text += try section(comparison) }
        if let beside { text += try section(beside) }
        text += losses
        if let others = tables.others(others) { text += "\n## Other metrics\n\n" + others.markdown }
        return text + "\n## Time\n\n" + tables.times.markdown
    }

    private func section(_ comparison: Comparison) throws -> String {
        let others = comparison.sources.dropLast().map { Self.plain($0.name) }
        var text = "\n## \(comparison.metricTitle) \(others.isEmpty ? "by model" : "beside " + others.joined(separator: " and "))\n"
        for part in parts(of: comparison) {
            let (table, name) = (part.figure.isTable ? try part.resolved(comparison).rendered()?.markdown : nil, part.name(comparison))
            text += part.title == "Table" ? "\n\(part.words)\n\n" : "\n### \(part.title)\n\n\(part.words)\n\n"
            text += table ?? Self.picture(name, "\(part.title): \(comparison.metricTitle)")
            text += "\nNumbers: [CSV](\(name).csv), [JSON](\(name).json).\n"
        }
        return text
    }

    private var losses: String {
        guard !curves.isEmpty else { return "" }
        var text = "\n## Settings and losses\n"
        for (place, curve) in curves.enumerated() {
            if place == 0 || curves[place - 1].model != curve.model {
                let settings = ReportTables(comparison: comparison).settings(of: curve.model)
                if let settings, settings.rows.count > 1 { text += "\n### \(settings.title)\n\n\(settings.markdown)" }
            }
            text += "\n### \(curve.figure.title)\n\n\(Self.picture(curve.name, curve.figure.title))\nNumbers: [CSV](\(curve.name).csv), [JSON](\(curve.name).json).\n"
        }
        return text
    }

    /// Light and dark, following the reader's device.
    private static func picture(_ name: String, _ title: String) -> String {
        "<picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"\(name)-dark.svg\"><img alt=\"\(title)\" src=\"\(name).svg\"></picture>\n"
    }

    /// Default and best side by side, one row per model.
    private var samples: String {
        guard !grids.isEmpty else { return "\n## Samples\n\nThere are no images.\n" }
        var text = "\n## Samples\n\nThe default setting (first seed) and the best run by \(comparison.metricTitle); every run of the data set uses the same latents.\n\n"
        text += "| Model | Default setting | Best run |\n| --- | --- | --- |\n"
        for group in comparison.groups {
            let own = grids.filter { $0.model == group.model }
            guard !own.isEmpty else { continue }
            let cells = [ReportGrid.Role.standard, .best].map { role in
                own.first { $0.role == role }.map { grid in
                    "![\(group.title), \(role.rawValue) setting](\(grid.name))<br>\(Self.plain(grid.words, code: true))"
                } ?? (role == .best ? "the default is the best" : "–")
            }
            text += "| **\(group.title)** | \(cells.joined(separator: " | ")) |\n"
        }
        return text
    }

    private func facts(_ plan: JSONValue) -> String {
        let evaluation = plan["evaluation"] ?? .null
        func text(_ value: JSONValue?) -> String { value.map { $0.stringValue ?? $0.canonicalText } ?? "–" }
        func list(_ value: JSONValue?) -> String { value?.arrayValue.map { $0.map { text($0) }.joined(separator: ", ") } ?? "–" }
        let search = (plan["protocol"]?.objectValue ?? [:]).filter { $0.key != "kind" }.sorted { $0.key < $1.key }.map { "\($0.key) \(text($0.value))" }
        let words = [text(plan["protocol"]?["kind"])] + search
        let metrics = evaluation["metrics"]?.arrayValue?.compactMap(\.stringValue) ?? []
        // Likelihood and metrics of super-resolution use none.
        let usesExtractor = metrics.contains { MetricChoice.named($0)?.usesExtractor ?? true }
        return """
            - Data set: \(text(plan["dataset"]?["name"])), content `\(text(plan["dataset"]?["digest"]).prefix(12))`
            - Objective: \(MetricChoice.title(of: study.objective.metric)), \(study.objective.direction.words)
            - Search: \(words.joined(separator: ", ")); seeds \(list(plan["seeds"]))
            - \(text(plan["steps"])) steps of \(text(plan["batch_size"])) images, width \(text(plan["width"])), numerics \(text(plan["numerics"]))
            - Evaluated every \(text(evaluation["every"])) steps on \(text(evaluation["samples"])) images against the \(text(evaluation["reference_split"])) split\(usesExtractor ? " with the feature extractor \(text(evaluation["encoder"]))" : ""): \(list(evaluation["metrics"]))

            """
    }

    /// Escapes external text: nothing in it is markup.
    private static func plain(_ text: String, code: Bool = false) -> String {
        String(text.map { $0.isNewline ? " " : $0 }).backslashed("|*_<\\[]" + (code ? "" : "`"))
    }
}
