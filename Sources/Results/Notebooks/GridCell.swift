import Canonical
import Catalog
import Figures
import Notebooks
import Studies

/// Sample grids by two keys: one picture for each pair of a row and a column.
struct GridCell {
    /// What rows and columns may be.
    enum Key: String, CaseIterable {
        case run, model, setting, seed, step
    }

    static let mostPictures = 48
    static let mostRuns = 200

    struct Picture {
        var run: RunRecord
        var sample: SampleRecord
    }

    let rows: (key: Key, names: [String])
    let columns: (key: Key, names: [String])
    /// By row, then by column; nil where no run has such samples.
    let pictures: [[Picture?]]

    /// - Parameter steps: those to show; empty for each run's newest, or for all where a key is the step
    /// - Errors: `FieldError` where there are no or too many pictures
    init(_ runs: [RunRecord], rows: Key, columns: Key, steps: [Int], path: String, _ reader: CatalogReader) throws {
        var all: [Picture] = []
        let needsSteps = rows == .step || columns == .step
        for run in runs {
            let samples = try reader.samples(ofRun: run.number)
            let chosen = steps.isEmpty ? (needsSteps ? samples : samples.suffix(1)) : samples.filter { steps.contains($0.step) }
            all += chosen.map { Picture(run: run, sample: $0) }
        }
        guard !all.isEmpty else { throw FieldError(path: path, problem: .rule("none of \(runs.count) runs has sample grids" + (steps.isEmpty ? "" : " at steps \(steps.map(String.init).joined(separator: ", "))"))) }
        let rowNames = Self.values(rows, all), columnNames = Self.values(columns, all)
        guard rowNames.count * columnNames.count <= GridCell.mostPictures else {
            throw FieldError(
                path: path,
                problem: .rule("\(rowNames.count) rows by \(columnNames.count) columns are more than \(GridCell.mostPictures) pictures; choose by model, setting, seed or step"))
        }
        self.rows = (rows, rowNames)
        self.columns = (columns, columnNames)
        // Of several runs with the same keys the first of the plan stands for them: setting 0, the first seed.
        pictures = rowNames.map { row in columnNames.map { column in all.first { Self.value(rows, $0) == row && Self.value(columns, $0) == column } } }
    }

    static func value(_ key: Key, _ picture: Picture) -> String {
        switch key {
        case .run: picture.run.id
        case .model: picture.run.model
        case .setting: "\(picture.run.setting ?? 0)"
        case .seed: "\(picture.run.seed)"
        case .step: "\(picture.sample.step)"
        }
    }

    /// In order of first appearance; steps ascending.
    private static func values(_ key: Key, _ all: [Picture]) -> [String] {
        if key == .step { return Set(all.map(\.sample.step)).sorted().map { "\($0)" } }
        var seen: [String] = []
        for picture in all { if case let name = value(key, picture), !seen.contains(name) { seen.append(name) } }
        return seen
    }

    var basis: CellBasis {
        var basis = CellBasis(), order: [String] = [], shown: [String: (run: RunRecord, samples: [JSONValue])] = [:]
        for picture in pictures.joined().compactMap(\.self) {
            if shown[picture.run.id] == nil { order.append(picture.run.id) }
            shown[picture.run.id, default: (picture.run, [])].samples.append([.count(picture.sample.step), .string(picture.sample.digest)])
        }
        basis.runs = order.compactMap { id in
            shown[id].map { one in
                let content: JSONValue = ["run": .string(id), "specification": .string(one.run.specificationDigest), "samples": .array(one.samples)]
                return CellBasis.Run(id: id, digest: content.digest.hex, hasEnded: one.run.state.isFinal, evaluations: 0)
            }
        }
        return basis
    }
}

extension CellResolver {
    /// Fields: runs (`study`, `model`, `setting`, `seed`, or `run`), `step`, and what `rows` and `columns` are.
    func grid(_ given: CellReader, draws: Bool) throws -> CellOutput {
        var cell = given
        let caption = try cell.caption(), keys = GridCell.Key.allCases.map(\.rawValue)
        let runs = try cell.chosenRuns(most: GridCell.mostRuns, what: "sample grids"), steps = try cell.integers("step", in: 0...Int(Int32.max), most: 48)
        let rows = try cell.fields.optionalOneOf("rows", keys).flatMap(GridCell.Key.init) ?? .run
        let columns = try cell.fields.optionalOneOf("columns", keys).flatMap(GridCell.Key.init) ?? (rows == .step ? .run : .step)
        try cell.finish()
        guard rows != columns else { throw cell.fields.error("columns", "must be another key than rows") }
        let grid = try GridCell(runs, rows: rows, columns: columns, steps: steps, path: cell.fields.path(of: "study"), cell.reader)
        var output = CellOutput()
        output.basis = grid.basis
        output.address = runs.count == 1 ? View(.page(.run(runs[0].id))).address : nil
        guard draws else { return output }
        output.html = try html(grid, caption, &output.forms)
        return output
    }

    private func html(_ grid: GridCell, _ caption: String?, _ forms: inout [CellOutput.Form]) throws -> String {
        func title(_ key: GridCell.Key, _ name: String) -> String {
            key == .model ? views.models.first { $0.name == name }?.title ?? name : key == .run ? name : "\(key.rawValue) \(name)"
        }
        let heads = grid.columns.names.map { "<th scope=\"col\">\(title(grid.columns.key, $0).escapedAsHTML)</th>" }.joined()
        var body = ""
        for (row, pictures) in grid.pictures.enumerated() {
            body += "<tr><th scope=\"row\">\(title(grid.rows.key, grid.rows.names[row]).escapedAsHTML)</th>"
            for (column, picture) in pictures.enumerated() {
                guard let picture else {
                    body += "<td>–</td>"
                    continue
                }
                let form = CellOutput.Form(name: "png-\(row)-\(column)", type: "image/png", bytes: try views.picture(picture.run.id, picture.sample))
                let words = "Samples of run \(picture.run.id) (\(picture.run.model), setting \(picture.run.setting ?? 0), seed \(picture.run.seed)) at step \(picture.sample.step)"
                body += "<td><a href=\"\(View(.grid(run: picture.run.id, step: picture.sample.step)).address.escapedAsHTML)\">"
                    + "<img src=\"cid:\(form.name)\" alt=\"\(words.escapedAsHTML)\" title=\"\(words.escapedAsHTML)\"></a></td>"
                forms.append(form)
            }
            body += "</tr>\n"
        }
        let below = caption.map { "<figcaption>\($0.escapedAsHTML)</figcaption>" } ?? ""
        return "<figure><table class=\"sample-grids\">\n<thead><tr><td></td>\(heads)</tr></thead>\n<tbody>\n\(body)</tbody>\n</table>\(below)</figure>"
    }
}
