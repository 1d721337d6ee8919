import Canonical
import Catalog
import Figures
import Studies

extension Comparison {
    /// Figure 5 of the study in detail: every run against each of its hyperparameters.
    func sensitivity(_ asked: AxisScale?) -> SensitivityFigure {
        let (scale, remarks) = chosen(asked)
        return SensitivityFigure(
            title: "\(title): sensitivity to hyperparameters", metric: metricTitle, scale: scale, measurement: measurement,
            notes: ["\(metricTitle) (\(better)) on the vertical axis, one axis for all panels; a cross at the top is a run that failed or diverged."] + remarks + notes,
            rows: groups.map { group in
                SensitivityFigure.Row(name: group.model, title: group.title, appearance: group.appearance, panels: panels(group))
            })
    }

    private func panels(_ group: Group) -> [SensitivityFigure.Panel] {
        let runs = counted(group).map { entry in
            (entry, JSONValue(stored: entry.run.specification)["hyperparameters"]?.objectValue ?? [:])
        }
        let names = Set(runs.flatMap(\.1.keys)).sorted()
        return names.compactMap { name in
            let points = runs.compactMap { entry, values -> SensitivityFigure.Point? in
                guard let value = values[name], let x = value.numberValue ?? value.boolValue.map({ $0 ? 1 : 0 }) else { return nil }
                return SensitivityFigure.Point(run: entry.run.id, setting: entry.run.setting ?? 0, x: x, y: score(entry).map(shown))
            }
            let different = Set(points.map(\.x)).sorted()
            // A hyperparameter that never varies shows nothing.
            guard different.count > 1 else { return nil }
            let isFlag = runs.contains { $0.1[name]?.boolValue != nil }
            let isWhole = different.allSatisfy { $0 == $0.rounded() } && different.count <= 4
            var categories: [Double: String] = [:]
            if isFlag { categories = [0: "false", 1: "true"] } else if isWhole { for value in different { categories[value] = JSONNumber.text(value) } }
            let isLogarithmic = (different.first ?? 0) > 0 && isLogarithmic(name, of: group.model)
            return SensitivityFigure.Panel(parameter: name, scale: isLogarithmic ? .logarithmic : .linear, categories: categories, points: points)
        }
    }
}
