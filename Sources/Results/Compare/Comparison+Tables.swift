import Canonical
import Catalog
import Figures
import Studies

extension Comparison {
    /// The study's table 3 and related columns: one row per group.
    var table: TableFigure {
        TableFigure(
            title: "\(title): \(metricTitle)",
            columns: [
                ("Model", "model"), ("Runs", "runs"), ("Failed", "failed"), ("Default", "default"), ("Best", "best"), ("Median", "median"),
                ("Mean ± sd", "mean"), ("n", "counted"), ("Interquartile mean", "iqm"), ("Seeds for ± 5 %", "seeds_needed"),
            ],
            rows: groups.map(row), measurement: measurement,
            notes: ["\(metricTitle), \(better). " + RerunSummary.legend]
                + ["Default: setting 0 with the first seed. Interquartile mean with the 95 % percentile interval of 2,000 resamples, failures counted as worst. "
                    + "Seeds: runs in all for a 95 % interval of the mean (Student) within 5 % of it, if the deviation stays; only where all runs share a setting."]
                + notes)
    }

    private func row(_ group: Group) -> [TableFigure.Cell] {
        let scores = Scores(scores(group))
        let (summary, reruns) = (Summary(scores), RerunSummary(scores))
        let middle = InterquartileMean.estimate([ranked(group)])
        let settings = Set(group.entries.map { $0.run.setting ?? 0 })
        let seeds = settings.count > 1 ? nil : reruns.mean.flatMap { mean in
            reruns.deviation.flatMap { SeedsNeeded.total(deviation: $0, halfWidth: mean.magnitude * 0.05) }
        }
        let first = counted(group).filter { ($0.run.setting ?? 0) == 0 }.min { $0.run.seed < $1.run.seed }
        let mean = reruns.mean.map { short(shown($0)) + (reruns.deviation.map { " ± \(short($0))" } ?? "") + reruns.stars }
        return [
            TableFigure.Cell(group.title, value: .string(group.model)), TableFigure.Cell("\(scores.count)", value: .count(scores.count)),
            TableFigure.Cell("\(scores.failures)", value: .count(scores.failures)), cell(first.flatMap(score)), cell(summary.minimum), cell(summary.median),
            TableFigure.Cell(mean ?? "–", value: .object(["mean": .optional(reruns.mean.map(shown)), "sd": .optional(reruns.deviation), "stars": .string(reruns.stars)])),
            TableFigure.Cell("\(reruns.counted) of \(reruns.runs)", value: .count(reruns.counted)),
            TableFigure.Cell(middle.map(interval) ?? "–", value: middle.map { numbers($0) } ?? .null),
            TableFigure.Cell(seeds.map { "\($0)" } ?? "–", value: .optional(seeds)),
        ]
    }

    private func cell(_ score: Double?) -> TableFigure.Cell {
        guard let score else { return TableFigure.Cell("–", value: .null) }
        return TableFigure.Cell(short(shown(score)), value: .number(shown(score)))
    }

    private func interval(_ estimate: Estimate) -> String {
        guard estimate.value.isFinite else { return "none: more than a quarter failed" }
        let ends = [shown(estimate.lower), shown(estimate.upper)].sorted().map { $0.isFinite ? short($0) : "failed" }
        return "\(short(shown(estimate.value))) (\(ends[0]) to \(ends[1]))"
    }

    private func numbers(_ estimate: Estimate) -> JSONValue {
        let ends = [shown(estimate.lower), shown(estimate.upper)].sorted()
        return .object(["value": .optional(shown(estimate.value)), "lower": .optional(ends[0]), "upper": .optional(ends[1])])
    }

    /// Variance components by group.
    var spread: TableFigure {
        TableFigure(
            title: "\(title): where the spread of \(metricTitle) comes from",
            columns: [
                ("Model", "model"), ("Settings", "settings"), ("Runs", "runs"), ("Search (sd)", "search"), ("Seed (sd)", "seed"),
                ("Evaluation (sd)", "evaluation"),
            ],
            rows: groups.map { group in
                let settings = Set(counted(group).map { $0.run.setting ?? 0 }).sorted()
                let scores = settings.map { setting in
                    counted(group).filter { ($0.run.setting ?? 0) == setting }.compactMap { entry in score(entry).map { [$0] } }
                }
                let parts = VarianceComponents(scores)
                func cell(_ variance: Double?) -> TableFigure.Cell {
                    TableFigure.Cell(variance.map { short($0.squareRoot()) } ?? "–", value: .optional(variance?.squareRoot()))
                }
                let runs = scores.reduce(0) { $0 + $1.count }
                return [
                    TableFigure.Cell(group.title, value: .string(group.model)), TableFigure.Cell("\(settings.count)", value: .count(settings.count)),
                    TableFigure.Cell("\(runs)", value: .count(runs)), cell(parts.search), cell(parts.seed), cell(parts.evaluation),
                ]
            }, measurement: measurement,
            notes: [
                "Standard deviations of a nested random model (setting, seed within setting, evaluation within run), estimated from the mean squares; below zero "
                    + "counts as zero. – : cannot be told apart here, and is part of the column to its left: it takes several seeds a setting, and several "
                    + "evaluations a run. Failed runs are left out."
            ] + notes)
    }
}
