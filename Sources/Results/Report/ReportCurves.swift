import Canonical
import Catalog
import Figures
import Studies

/// The losses of a model's runs over their steps, one line per setting: the subject of the clipping and critic-loss remarks of WassersteinGAN.tensorflow.
///
/// Each point is the mean loss over an interval of steps, which shows the trend without the noise.
package struct ReportCurves {
    let model: String
    let loss: String
    let figure: LineFigure

    /// Used if settings were chosen by hand rather than sampled, and are few enough to be told apart.
    static func all(_ comparison: Comparison, of study: StudyRecord, _ reader: CatalogReader) throws -> [ReportCurves] {
        guard let kind = JSONValue(stored: study.plan)["protocol"]?["kind"]?.stringValue.flatMap(SearchProtocol.Kind.init), !kind.isRandom
        else { return [] }
        return try comparison.groups.flatMap { group -> [ReportCurves] in
            let runs = firstSeeds(group)
            guard 1...mostSettings ~= runs.count else { return [] }
            return try losses.compactMap { try ReportCurves(group, runs, loss: $0, comparison, reader) }
        }
    }

    private static let mostSettings = 12
    /// The losses of which there can be curves.
    package static let series = losses.map(\.name)
    private static let losses = [
        (name: "discriminator_loss", title: "the discriminator's (critic's) loss"), (name: "generator_loss", title: "the generator's loss"),
        (name: "loss", title: "the training loss"), (name: "absolute_error", title: "the mean absolute error"),
    ]

    /// The first seed of each setting.
    static func firstSeeds(_ group: Comparison.Group) -> [StudyResults.Entry] {
        let settings = Set(group.entries.map { $0.run.setting ?? 0 }).sorted()
        return settings.compactMap { setting in group.entries.filter { ($0.run.setting ?? 0) == setting }.min { $0.run.seed < $1.run.seed } }
    }

    /// Nil if no run has such a loss.
    private init?(
        _ group: Comparison.Group, _ runs: [StudyResults.Entry], loss: (name: String, title: String), _ comparison: Comparison, _ reader: CatalogReader
    ) throws {
        let names = Self.names(runs)
        let lines = try zip(runs, names).enumerated().compactMap { place, pair -> LineFigure.Line? in
            let table = try reader.metrics(ofRun: pair.0.run.number, names: [loss.name])
            guard let column = table.columns.first else { return nil }
            let points = Self.means(table.steps, column, steps: pair.0.run.steps)
            guard !points.isEmpty else { return nil }
            return LineFigure.Line(name: "setting-\(pair.0.run.setting ?? 0)", title: pair.1, appearance: SeriesAppearance(index: place), points: points)
        }
        guard !lines.isEmpty else { return nil }
        (model, self.loss) = (group.model, loss.name)
        let (shown, isDivided) = Self.comparable(lines)
        figure = LineFigure(
            title: "\(group.title): \(loss.title)", xTitle: "Step",
            yTitle: "Mean over a fiftieth of the steps" + (isDivided ? ", each line divided by its greatest magnitude" : ""), lines: shown,
            notes: ["One line a setting, its first seed (\(runs.map { "\($0.run.seed)" }.first ?? "0")). A line that stops: the run diverged or failed."]
                + (isDivided ? ["Behind each setting what its line was divided by; a line below 1e-9 throughout is drawn as it is."] : []))
    }

    /// Lines whose magnitudes differ more than twentyfold are each divided by their maximum magnitude, as their titles state: next to the loss of a critic
    /// with large weights, the others would appear as a line at zero.
    static func comparable(_ lines: [LineFigure.Line]) -> (lines: [LineFigure.Line], isDivided: Bool) {
        let peaks = lines.map { line in line.points.reduce(0) { max($0, $1.y.magnitude) } }
        guard let least = peaks.min(), let greatest = peaks.max(), greatest > 20 * least else { return (lines, false) }
        let divided = zip(lines, peaks).map { line, peak -> LineFigure.Line in
            guard peak > 1e-9 else {
                var line = line
                line.title += " (about 0)"
                return line
            }
            let points = line.points.map { LineFigure.Point(x: $0.x, y: $0.y / peak) }
            return LineFigure.Line(
                name: line.name, title: "\(line.title) (÷ \(FigureNumber.text(peak, digits: 3)))", appearance: line.appearance, points: points)
        }
        return (divided, true)
    }

    func resolved(of study: String) -> ResolvedView { ResolvedView(View(.curves(study: study, model: model, series: loss)), .lines(figure)) }

    var name: String { "curve-\(model)-\(loss)" }

    /// The hyperparameters that distinguish the settings.
    static func names(_ runs: [StudyResults.Entry]) -> [String] {
        let values = runs.map { JSONValue(stored: $0.run.specification)["hyperparameters"]?.objectValue ?? [:] }
        let keys = Set(values.flatMap(\.keys)).sorted().filter { key in Set(values.map { $0[key]?.canonicalText ?? "" }).count > 1 }
        return zip(runs, values).map { run, values in
            let words = keys.map { "\($0) \(values[$0].map { $0.stringValue ?? $0.canonicalText } ?? "–")" }
            return words.isEmpty ? "setting \(run.run.setting ?? 0)" : "\((run.run.setting ?? 0) == 0 ? "default: " : "")" + words.joined(separator: ", ")
        }
    }

    /// The mean over each fiftieth of the steps, placed at its last step; non-finite numbers end a line.
    static func means(_ steps: [Int], _ values: [Double?], steps all: Int) -> [LineFigure.Point] {
        let parts = min(50, max(1, all))
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: parts)
        for (step, value) in zip(steps, values) {
            guard let value, 1...all ~= step else { continue }
            let part = (step - 1) * parts / all
            sums[part] = (sums[part].sum + value, sums[part].count + 1)
        }
        return sums.indices.compactMap { part in
            sums[part].count > 0 ? LineFigure.Point(x: Double((part + 1) * all / parts), y: sums[part].sum / Double(sums[part].count)) : nil
        }
    }
}
