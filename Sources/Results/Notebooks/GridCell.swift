package import Canonical
package import Catalog
import Figures
package import Notebooks
import Studies

/// Sample grids by two keys: one picture for each pair of a row and a column.
struct GridCell {
    /// What rows and columns may be.
    enum Key: String, CaseIterable {
        case run, model, setting, seed, step
    }

    static let mostPictures = 48
    static let mostRuns = 200

    /// The pictures that are drawn from checkpoints at most.
    static let mostDrawn = 16

    /// Where the picture of a step comes from.
    enum Source {
        /// The grid that training stored.
        case stored(SampleRecord)
        /// The samples that a checkpoint gives: those that training would have stored.
        case drawn(CheckpointRecord)

        var step: Int {
            switch self {
            case .stored(let sample): sample.step
            case .drawn(let checkpoint): checkpoint.step
            }
        }

        /// The digest of pixels, or of the checkpoint that they are a function of.
        var digest: String {
            switch self {
            case .stored(let sample): sample.digest
            case .drawn(let checkpoint): "checkpoint \(checkpoint.digest)"
            }
        }
    }

    struct Picture {
        var run: RunRecord
        var source: Source
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
            all += try Self.sources(of: run, steps, all: needsSteps, reader).map { Picture(run: run, source: $0) }
        }
        guard !all.isEmpty else { throw FieldError(path: path, problem: .rule("none of \(runs.count) runs has sample grids or checkpoints" + (steps.isEmpty ? "" : " at steps \(steps.map(String.init).joined(separator: ", "))"))) }
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
        guard drawn.count <= GridCell.mostDrawn else {
            throw FieldError(path: path, problem: .rule("\(drawn.count) of these grids are not stored, and \(GridCell.mostDrawn) at most are drawn from checkpoints; choose by model, setting, seed or step"))
        }
    }

    /// Stored grids; at a step that is asked for without one, and for a run without any, the checkpoint.
    private static func sources(of run: RunRecord, _ steps: [Int], all: Bool, _ reader: CatalogReader) throws -> [Source] {
        let samples = try reader.samples(ofRun: run.number)
        guard !steps.isEmpty || samples.isEmpty else { return (all ? samples : samples.suffix(1)).map(Source.stored) }
        let stored = samples.filter { steps.contains($0.step) }, known = Set(stored.map(\.step))
        let checkpoints = try reader.checkpoints(ofRun: run.number).filter { !known.contains($0.step) && (steps.isEmpty || steps.contains($0.step)) }
        let drawn = steps.isEmpty && !all ? checkpoints.suffix(1) : checkpoints[...]
        return (stored.map(Source.stored) + drawn.map(Source.drawn)).sorted { $0.step < $1.step }
    }

    static func value(_ key: Key, _ picture: Picture) -> String {
        switch key {
        case .run: picture.run.id
        case .model: picture.run.model
        case .setting: "\(picture.run.setting ?? 0)"
        case .seed: "\(picture.run.seed)"
        case .step: "\(picture.source.step)"
        }
    }

    /// In order of first appearance; steps ascending.
    private static func values(_ key: Key, _ all: [Picture]) -> [String] {
        if key == .step { return Set(all.map(\.source.step)).sorted().map { "\($0)" } }
        var seen: [String] = []
        for picture in all { if case let name = value(key, picture), !seen.contains(name) { seen.append(name) } }
        return seen
    }

    /// The checkpoints whose samples are shown, each once.
    var drawn: [String] {
        var known: Set<String> = []
        return pictures.joined().compactMap { picture in
            guard case .drawn(let checkpoint) = picture?.source, known.insert(checkpoint.digest).inserted else { return nil }
            return checkpoint.digest
        }
    }

    var basis: CellBasis {
        var basis = CellBasis(), order: [String] = [], shown: [String: (run: RunRecord, samples: [JSONValue])] = [:]
        for picture in pictures.joined().compactMap(\.self) {
            if shown[picture.run.id] == nil { order.append(picture.run.id) }
            shown[picture.run.id, default: (picture.run, [])].samples.append([.count(picture.source.step), .string(picture.source.digest)])
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
        let (grid, caption, address) = try grid(given)
        var output = CellOutput()
        output.basis = grid.basis
        output.address = address
        guard draws else { return output }
        if let missing = grid.drawn.first(where: { sampled[$0] == nil }) {
            output.problem = samplingProblem ?? "The samples of checkpoint \(missing.prefix(12)) are drawn when this cell is updated."
            return output
        }
        output.html = try html(grid, caption, &output.forms)
        return output
    }

    /// The checkpoints whose samples a cell shows where training stored no grid: what `sampled` has to hold before it is drawn.
    package func checkpoints(of cell: Cell, fields: JSONValue, _ reader: CatalogReader) throws -> [String] {
        guard cell.kind == .grid else { return [] }
        do { return try grid(CellReader(fields, reader)).grid.drawn } catch is FieldError { return [] }
    }

    private func grid(_ given: CellReader) throws -> (grid: GridCell, caption: String?, address: String?) {
        var cell = given
        let caption = try cell.caption(), keys = GridCell.Key.allCases.map(\.rawValue)
        let runs = try cell.chosenRuns(most: GridCell.mostRuns, what: "sample grids"), steps = try cell.integers("step", in: 0...Int(Int32.max), most: 48)
        let rows = try cell.fields.optionalOneOf("rows", keys).flatMap(GridCell.Key.init) ?? .run
        let columns = try cell.fields.optionalOneOf("columns", keys).flatMap(GridCell.Key.init) ?? (rows == .step ? .run : .step)
        try cell.finish()
        guard rows != columns else { throw cell.fields.error("columns", "must be another key than rows") }
        let grid = try GridCell(runs, rows: rows, columns: columns, steps: steps, path: cell.fields.path(of: "study"), cell.reader)
        return (grid, caption, runs.count == 1 ? View(.page(.run(runs[0].id))).address : nil)
    }

    private func bytes(of picture: GridCell.Picture) throws -> [UInt8] {
        switch picture.source {
        case .stored(let sample): try views.picture(picture.run.id, sample)
        case .drawn(let checkpoint): sampled[checkpoint.digest] ?? []
        }
    }

    /// The page of a stored grid; the run's page for one that was drawn here.
    private static func address(of picture: GridCell.Picture) -> String {
        guard case .stored(let sample) = picture.source else { return View(.page(.run(picture.run.id))).address }
        return View(.grid(run: picture.run.id, step: sample.step)).address
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
                let form = CellOutput.Form(name: "png-\(row)-\(column)", type: "image/png", bytes: try bytes(of: picture))
                let words = "Samples of run \(picture.run.id) (\(picture.run.model), setting \(picture.run.setting ?? 0), seed \(picture.run.seed)) at step \(picture.source.step)"
                body += "<td><a href=\"\(Self.address(of: picture).escapedAsHTML)\">"
                    + "<img src=\"cid:\(form.name)\" alt=\"\(words.escapedAsHTML)\" title=\"\(words.escapedAsHTML)\"></a></td>"
                forms.append(form)
            }
            body += "</tr>\n"
        }
        let below = caption.map { "<figcaption>\($0.escapedAsHTML)</figcaption>" } ?? ""
        return "<figure><table class=\"sample-grids\">\n<thead><tr><td></td>\(heads)</tr></thead>\n<tbody>\n\(body)</tbody>\n</table>\(below)</figure>"
    }
}
