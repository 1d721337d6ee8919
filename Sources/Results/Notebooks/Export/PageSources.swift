import Canonical
import Figures
import Notebooks

/// The end of an exported page: every bound number with its expression, and every result by digest.
struct PageSources {
    private static let mostRows = 2000

    private let notebook: ExportedNotebook
    private let runs: [(id: String, digest: String, cells: [String])]
    private let protocols: [String]
    private let extractors: [String]

    init(_ notebook: ExportedNotebook) {
        self.notebook = notebook
        var order: [String] = [], cells: [String: [String]] = [:]
        let outputs = notebook.document.cells.map { ($0.id.text, notebook.output($0).basis) }
        for (cell, basis) in outputs {
            for run in basis.runs {
                let key = "\(run.id) \(run.digest)"
                if cells[key] == nil { order.append(key) }
                cells[key, default: []].append(cell)
            }
        }
        runs = order.map { key in
            let parts = key.split(separator: " ").map(String.init)
            return (parts.first ?? "", parts.last ?? "", cells[key] ?? [])
        }
        protocols = Set(outputs.flatMap { $0.1.protocols }).sorted()
        extractors = Set(outputs.flatMap { $0.1.extractors }).sorted()
    }

    /// How many runs and protocols there are.
    var summary: String {
        func count(_ number: Int, _ one: String) -> String { "\(FigureNumber.count(number)) \(one)\(number == 1 ? "" : "s")" }
        let all = count(Set(runs.map(\.id)).count, "run") + (protocols.isEmpty ? "" : ", \(count(protocols.count, "evaluation protocol"))")
        return runs.isEmpty ? "no results: words alone" : "<a href=\"#rests-on\">\(all)</a>"
    }

    var html: String {
        guard !runs.isEmpty || !protocols.isEmpty || !numbers.isEmpty else { return "" }
        return "<footer id=\"rests-on\">\n<h2>What this rests on</h2>\n" + numberTable + runTable + digests("Evaluation protocols", protocols) + digests("Feature extractors", extractors) + "</footer>\n"
    }

    private var numbers: [(cell: String, place: Int, value: JSONValue)] {
        notebook.document.cells.flatMap { cell in notebook.output(cell).expressions.enumerated().map { (cell.id.text, $0.offset, $0.element) } }
    }

    private var numberTable: String {
        guard !numbers.isEmpty else { return "" }
        let rows = numbers.map { number -> String in
            func text(_ key: String) -> String { (number.value[key]?.stringValue ?? "").escapedAsHTML }
            let page = number.value["page"]?.stringValue.flatMap { page in notebook.server.map { $0 + page } }
            let value = page.map { "<a href=\"\($0.escapedAsHTML)\">\(text("text"))</a>" } ?? text("text")
            let what = number.value["error"] == .null ? text("detail") : text("error")
            return "<tr id=\"number-\(number.cell)-\(number.place)\"><td class=\"number\">\(value)</td><td><code>\(text("source"))</code></td><td>\(what)</td></tr>\n"
        }.joined()
        return "<table>\n<caption>Bound numbers</caption>\n<thead><tr><th>Value</th><th>Expression</th><th>Of</th></tr></thead>\n<tbody>\n\(rows)</tbody>\n</table>\n"
    }

    private var runTable: String {
        guard !runs.isEmpty else { return "" }
        let rows = runs.prefix(Self.mostRows).map { run in
            let name = notebook.server.map { "<a href=\"\(($0 + View(.page(.run(run.id))).address).escapedAsHTML)\">\(run.id.escapedAsHTML)</a>" } ?? run.id.escapedAsHTML
            let cells = run.cells.map { "<a href=\"#cell-\($0)\">\($0)</a>" }.joined(separator: ", ")
            return "<tr><td>\(name)</td><td><code>\(run.digest.escapedAsHTML)</code></td><td>\(cells)</td></tr>\n"
        }.joined()
        let more = runs.count > Self.mostRows ? "<p>\(FigureNumber.count(runs.count - Self.mostRows)) more are in provenance.json of the exported folder.</p>\n" : ""
        return "<table>\n<caption>Runs, with the digest of what is shown of each</caption>\n<thead><tr><th>Run</th><th>SHA-256</th><th>Cells</th></tr></thead>\n<tbody>\n\(rows)</tbody>\n</table>\n\(more)"
    }

    private func digests(_ title: String, _ digests: [String]) -> String {
        digests.isEmpty ? "" : "<p>\(title):</p>\n<ul>\n" + digests.map { "<li><code>\($0.escapedAsHTML)</code></li>\n" }.joined() + "</ul>\n"
    }
}
