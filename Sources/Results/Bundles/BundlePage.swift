import Canonical
import Catalog
import Events
import Figures
import Storage
import Studies
import Training
import func Foundation.NSTemporaryDirectory
import struct Foundation.UUID

/// `index.html` of a bundle: one file without scripts, with its figures and sample grids in it; and `README.md`. Every text from the results is escaped, and the page
/// forbids itself to load or run anything.
struct BundlePage {
    /// A part of the page. Its words are text; its figure and its table are drawn here.
    private struct Section {
        var title: String
        var words = ""
        var table: String?
        var figure: [UInt8]?
        var pictures: [(caption: String, bytes: [UInt8])] = []
    }

    let title: String
    /// Files that the page is drawn from, for those who want the numbers; their names.
    private(set) var files: [String: [UInt8]] = [:]
    /// A page that was made elsewhere and stands for all.
    var whole: [UInt8]?
    private var facts: [(String, String)] = []
    private var sections: [Section] = []

    init(title: String) { self.title = title }

    // MARK: - A run

    init(ofRun run: RunRecord, storage: StorageFolder, _ reader: CatalogReader) throws {
        self.init(title: "\(run.model) on \(run.dataset), seed \(run.seed)")
        facts = Self.facts(run)
        let values = try reader.evaluations(ofRun: run.number)
        if !values.isEmpty {
            let table = TableFigure(
                title: "Evaluations",
                columns: [("Step", "step"), ("Metric", "metric"), ("Value", "value"), ("Samples", "samples"), ("Feature extractor", "encoder"), ("Protocol, SHA-256", "protocol")],
                rows: values.map(Self.row), measurement: nil, notes: [])
            add(table, as: "evaluations")
        }
        for line in try Self.lines(of: run, values, reader) { add(line.figure, as: line.name) }
        let grids = try reader.samples(ofRun: run.number).map { sample in
            (caption: "Step \(sample.step)", bytes: try FileSystem.read("\(storage.run(run.id).path)/\(sample.file)", limit: 1 << 28))
        }
        if !grids.isEmpty { sections.append(Section(title: "Samples", words: "Every grid uses the same latents.", pictures: Array(grids.suffix(12)))) }
        let checkpoints = try reader.checkpoints(ofRun: run.number)
        guard !checkpoints.isEmpty else { return }
        let deleted = try reader.deletedCheckpoints(ofRun: run.number)
        var columns: [(title: String, name: String)] = [("Step", "step"), ("Last", "final"), ("SHA-256 of the archive's content", "digest")]
        var notes = ["Those that the bundle holds are in the folder checkpoints."]
        if !deleted.isEmpty {
            columns.append(("Deleted on purpose", "deleted"))
            notes.append("What was deleted on purpose is in no bundle; a rerun of the specification writes it again.")
        }
        let table = TableFigure(
            title: "Checkpoints", columns: columns,
            rows: checkpoints.map { checkpoint in
                let cells = [Self.number(checkpoint.step), TableFigure.Cell(checkpoint.final ? "yes" : ""), TableFigure.Cell(checkpoint.digest)]
                return deleted.isEmpty ? cells : cells + [TableFigure.Cell(deleted.contains(checkpoint.step) ? "yes" : "")]
            }, measurement: nil, notes: notes)
        add(table, as: "checkpoints")
    }

    private static func row(_ value: EvaluationRecord) -> [TableFigure.Cell] {
        var cells = [number(value.step), TableFigure.Cell(value.metric)]
        cells.append(number(value.value, or: value.problem ?? "none"))
        cells.append(number(value.samples))
        cells.append(TableFigure.Cell(value.encoder))
        cells.append(TableFigure.Cell(value.protocolDigest))
        return cells
    }

    private static func number(_ value: Int?) -> TableFigure.Cell {
        guard let value else { return TableFigure.Cell("", value: JSONValue.null) }
        return TableFigure.Cell("\(value)", value: JSONValue.count(value))
    }

    private static func number(_ value: Double?, or words: String) -> TableFigure.Cell {
        guard let value, value.isFinite else { return TableFigure.Cell(words, value: JSONValue.null) }
        return TableFigure.Cell(JSONNumber.text(value), value: JSONValue.number(value))
    }

    private static func facts(_ run: RunRecord) -> [(String, String)] {
        let digest = JSONValue(stored: run.specification)["dataset"]?["digest"]?.stringValue ?? "unknown"
        let outcome: String = run.outcome?.words ?? run.state.rawValue
        var means: [String] = []
        if let host = run.host { means.append("on \(host)") }
        if let program = run.program { means.append("by Fidelio \(program)") }
        if let kernels = run.kernels { means.append("kernels \(kernels)") }
        if let threads = run.threads { means.append("\(threads) threads") }
        var facts: [(String, String)] = [("Run", run.id), ("Outcome", run.message.isEmpty ? outcome : "\(outcome): \(run.message)"), ("Model", run.model)]
        facts.append(("Data set", "\(run.dataset), content SHA-256 \(digest)"))
        facts.append(("Seed", "\(run.seed)"))
        facts.append(("Steps", "\(run.step) of \(run.steps)"))
        facts.append(("Specification, SHA-256", run.specificationDigest))
        facts.append(("Last checkpoint, SHA-256", run.finalDigest ?? "none"))
        facts.append(("Trained", means.joined(separator: ", ")))
        return facts
    }

    private static func lines(of run: RunRecord, _ values: [EvaluationRecord], _ reader: CatalogReader) throws -> [(name: String, figure: LineFigure)] {
        func figure(_ name: String, _ title: String, _ y: String, _ points: [LineFigure.Point]) -> (name: String, figure: LineFigure)? {
            guard points.count > 1 else { return nil }
            let line = LineFigure.Line(name: name, title: title, appearance: SeriesAppearance(index: 0), points: points)
            return (name, LineFigure(title: title, xTitle: "Step", yTitle: y, lines: [line], notes: []))
        }
        var all: [(name: String, figure: LineFigure)] = []
        let primary = values.filter(\.isPrimary)
        for metric in Set(primary.map(\.metric)).sorted() {
            var points: [LineFigure.Point] = []
            for value in primary where value.metric == metric {
                if let y = value.value { points.append(LineFigure.Point(x: Double(value.step), y: y)) }
            }
            let title = MetricChoice.title(of: metric)
            if let found = figure("value-\(metric)", title, title, points) { all.append(found) }
        }
        let table = try reader.metrics(ofRun: run.number)
        for (name, column) in zip(table.names, table.columns) {
            let points = ReportCurves.means(table.steps, column, steps: run.steps)
            if let found = figure("training-\(name)", name, "Mean over a fiftieth of the steps", points) { all.append(found) }
        }
        return all.filter { BundleName.problem($0.name) == nil }
    }

    // MARK: - A study

    init(of study: StudyRecord, runs: [RunRecord], storage: StorageFolder, models: [ModelSchema], _ reader: CatalogReader) throws {
        self.init(title: study.name)
        facts = [("Study", study.id), ("Plan, SHA-256", study.digest), ("Objective", study.objective.metric), ("Runs", "\(runs.count)")]
        let folder = NSTemporaryDirectory() + "/fidelio-bundle-\(UUID().uuidString)"
        do {
            let report = try StudyReport(study.id, storage: storage, folder: folder, models: models, reader)
            defer { Self.remove(folder) }
            for name in try report.write() where BundleName.problem(name) == nil { files[name] = try FileSystem.read("\(folder)/\(name)") }
            addParts(of: report)
        } catch let error as MetricNotMeasured {
            sections.append(Section(title: "No figures", words: "\(error)"))
        } catch let error as ResultsError {
            sections.append(Section(title: "No figures", words: "\(error)"))
        }
        let scores = try reader.scores(ofRuns: runs.map(\.number))
        let metric = study.objective.metric
        let table = TableFigure(
            title: "Runs",
            columns: [
                ("Run", "run"), ("Model", "model"), ("Setting", "setting"), ("Seed", "seed"), ("Outcome", "outcome"), ("Best \(metric)", "best"), ("Last \(metric)", "final"),
                ("Last checkpoint, SHA-256", "final_digest"), ("Why", "message"),
            ],
            rows: runs.map { run in Self.row(run, scores[run.number]?.first { $0.metric == metric }) }, measurement: nil, notes: [])
        add(table, as: "runs")
    }

    private static func row(_ run: RunRecord, _ score: ScoreRecord?) -> [TableFigure.Cell] {
        var cells = [TableFigure.Cell(run.id), TableFigure.Cell(run.model), number(run.setting), TableFigure.Cell("\(run.seed)", value: JSONValue.integer(run.seed))]
        cells.append(TableFigure.Cell(run.outcome?.words ?? run.state.rawValue))
        cells.append(number(score?.best, or: ""))
        cells.append(number(score?.final, or: ""))
        cells.append(TableFigure.Cell(run.finalDigest ?? ""))
        cells.append(TableFigure.Cell(run.message))
        return cells
    }

    private mutating func addParts(of report: StudyReport) {
        let tables = ReportTables(comparison: report.comparison)
        sections.append(Section(title: "How the runs ended", table: tables.outcomes.html))
        for comparison in [report.comparison] + report.further {
            for part in report.parts(of: comparison) {
                let name = part.name(comparison)
                let table = part.figure.isTable ? (try? part.resolved(comparison).rendered())?.html : nil
                sections.append(Section(title: "\(comparison.metricTitle): \(part.title)", words: part.words, table: table, figure: files["\(name).svg"]))
            }
        }
        for curve in report.curves { sections.append(Section(title: curve.figure.title, figure: files["\(curve.name).svg"])) }
        let grids = report.grids.compactMap { grid in files[grid.name].map { (caption: "\(grid.model), \(grid.role.rawValue) setting", bytes: $0) } }
        if !grids.isEmpty { sections.append(Section(title: "Samples", words: "The default setting (first seed) and the best run of each model.", pictures: grids)) }
        if let others = tables.others(report.others) { sections.append(Section(title: "Other metrics", table: others.html)) }
    }

    private static func remove(_ folder: String) {
        for name in (try? FileSystem.names(in: folder)) ?? [] { try? FileSystem.remove("\(folder)/\(name)") }
        try? FileSystem.removeEmptyFolder(folder)
    }

    // MARK: - Parts

    private mutating func add(_ table: TableFigure, as name: String) {
        files["\(name).csv"] = Array(table.csv.utf8)
        sections.append(Section(title: table.title, table: table.html))
    }

    private mutating func add(_ figure: LineFigure, as name: String) {
        let rendered = RenderedFigure(figure), renderer = ViewRenderer()
        for (form, ending) in [(ViewForm.svg(FigureStyle(width: 860)), ".svg"), (.csv, ".csv"), (.json, ".json")] {
            if let bytes = renderer.bytes(rendered, form) { files[name + ending] = bytes }
        }
        sections.append(Section(title: figure.title, figure: files["\(name).svg"]))
    }

    // MARK: - Text

    private static let style = """
        :root { color-scheme: light; }
        body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0 auto; padding: 1rem; max-width: 70rem; }
        h1, h2 { line-height: 1.2; overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; }
        dt { font-weight: 600; }
        dd { margin: 0; overflow-wrap: anywhere; }
        img { max-width: 100%; height: auto; }
        figure { display: inline-block; margin: 0 1rem 1rem 0; max-width: 30rem; vertical-align: top; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 0.9rem; }
        th, td { border-bottom: 1px solid #ccc; padding: 0.2rem 0.6rem; text-align: left; }
        """

    /// The page. The same content gives the same bytes.
    func html(of manifest: BundleManifest) -> [UInt8] {
        if let whole { return whole }
        func image(_ bytes: [UInt8], _ type: String, _ words: String) -> String {
            "<img alt=\"\(words.escapedAsHTML)\" src=\"data:\(type);base64,\(Base64.text(of: bytes))\">"
        }
        let list = facts.map { "<dt>\($0.0.escapedAsHTML)</dt><dd>\($0.1.escapedAsHTML)</dd>\n" }.joined()
        let body = sections.map { section -> String in
            var text = "<section>\n<h2>\(section.title.escapedAsHTML)</h2>\n" + (section.words.isEmpty ? "" : "<p>\(section.words.escapedAsHTML)</p>\n")
            if let figure = section.figure { text += image(figure, "image/svg+xml", section.title) + "\n" }
            if let table = section.table { text += "<div class=\"wide\">\(table)</div>\n" }
            for picture in section.pictures { text += "<figure>\(image(picture.bytes, "image/png", picture.caption))<figcaption>\(picture.caption.escapedAsHTML)</figcaption></figure>\n" }
            return text + "</section>\n"
        }.joined()
        let digest = Base64.text(of: Array(Digest.sha256(Self.style).bytes))
        let page = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>\(title.escapedAsHTML)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>\(title.escapedAsHTML)</h1>
            <dl>
            \(list)</dl>
            <p>Written by Fidelio \(manifest.program.escapedAsHTML), numerics \(manifest.numerics). README.md tells how to rerun what is here and compare every digest.</p>
            \(body)</body>
            </html>

            """
        return Array(page.utf8)
    }

    /// - Parameter deleted: how many checkpoints of its runs were deleted on purpose
    static func readme(of manifest: BundleManifest, deleted: Int) -> String {
        let gone = deleted == 0 ? "" : """

            \(deleted) \(deleted == 1 ? "checkpoint of its runs was" : "checkpoints of its runs were") deleted on purpose before this file was written: `deleted_checkpoints` in `run.json` has the steps. A rerun writes them again.

            """
        let what = switch manifest.kind {
        case .run: "one run"
        case .study: "a study of \(manifest.runs.count) runs"
        case .notebook: "a notebook with the \(manifest.runs.count) runs that it cites"
        }
        return """
            # \(String(manifest.title.map { $0.isNewline ? " " : $0 }).backslashed("|*_`<\\[]#"))

            This file is a Fidelio bundle: \(what), complete enough to be read without a server, run again to the same bits, and taken into another storage.

            - `index.html`: figures, tables and sample grids; needs no server. `report/`: the same as SVG, CSV and JSON.
            - `bundle.json`: what the bundle is of, and the SHA-256 of every other file. Its own SHA-256 is the bundle's digest.
            - `plan.json`, `study.json`: the plan of a study, whose SHA-256 is the study's digest. `notebook/`: the text of a notebook.
            - `runs/ID/`: `specification.json` (its SHA-256 is the run's identity), `run.json` (end, attempts, history), `events.ndjson` (everything that the training told: losses,
              evaluations, digests of samples and checkpoints), `samples/`.
            - `evaluations/ID/`: evaluations of checkpoints beside training. `protocols/`: evaluation protocols by digest. `extractors/`: feature extractors by digest, with what determines them.
            - `checkpoints/DIGEST.npz`: the checkpoints that were chosen (\(manifest.checkpoints.rawValue)); numpy opens them. `events.ndjson` names the digests of the others.
            \(gone)
            Run everything again and compare every digest:

                fidelio verify BUNDLE

            Take it into a storage:

                fidelio import BUNDLE --storage FOLDER

            """
    }
}
