package import Canonical
import Catalog
package import Experiments
import Notebooks

extension ExperimentRequest {
    /// The request of a cell, whose `caption` is its own.
    /// - Errors: `FieldError`
    package init(ofCell fields: JSONValue) throws(FieldError) {
        var reader = try FieldReader(fields)
        _ = try reader.optionalString("caption", maximumBytes: 2000)
        try self.init(&reader)
        try reader.finish()
    }

    /// Of what is asked for, and of the version of the numbers: with the digests of the data sets it decides every byte of the answer.
    var digest: Digest { JSONValue.object(["request": json, "numerics": .integer(Int64(Version.numerics))]).digest }
}

/// What an experiment answers: its page, figures, and files.
package struct ExperimentAnswer: Sendable {
    /// A figure.
    struct Drawing {
        var title: String
        /// SVG texts by theme and width, such as `light-760`.
        var forms: [(name: String, svg: String)]
    }

    let request: ExperimentRequest
    let title: String
    /// Markdown: what it means, and the tables.
    let meaning, tables: String
    let drawings: [Drawing]
    let csv, json, markdown: String
    /// The digests of the data sets that were read, by name; empty with a problem.
    let datasets: [String: String]
    /// Why there is nothing else; nil without a problem.
    package let problem: String?

    /// Reads the answer of the process.
    /// - Parameter answer: nil if it gave none
    package init(_ request: ExperimentRequest, reading answer: JSONValue?, otherwise: String) {
        self.request = request
        let page = answer?["markdown"]?.stringValue ?? ""
        problem = answer == nil ? otherwise : answer?["problem"]?.stringValue ?? (page.isEmpty ? "The experiment gave no result." : nil)
        title = answer?["title"]?.stringValue ?? ""
        markdown = page
        datasets = (answer?["datasets"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        (csv, json) = (answer?["csv"]?.stringValue ?? "", answer?["json"]?.stringValue ?? "")
        drawings = (answer?["drawings"]?.arrayValue ?? []).map { drawing in
            Drawing(
                title: drawing["title"]?.stringValue ?? "",
                forms: (drawing["forms"]?.arrayValue ?? []).map { ($0["name"]?.stringValue ?? "", $0["svg"]?.stringValue ?? "") })
        }
        // The pictures stand above the words, and the title is that of the cell.
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("![") && !$0.hasPrefix("# ") }
        let first = lines.firstIndex { $0.hasPrefix("|") || $0.hasPrefix("## ") } ?? lines.endIndex
        (meaning, tables) = (lines[..<first].joined(separator: "\n"), lines[first...].joined(separator: "\n"))
    }
}

extension CellResolver {
    /// Fields: `experiment`, what it takes of the options of experiments (`ExperimentOption`), and `caption`.
    func experiment(_ cell: Cell, _ given: CellReader, draws: Bool) throws -> CellOutput {
        var reader = given
        let caption = try reader.caption(), request = try ExperimentRequest(&reader.fields)
        try reader.finish()
        var output = CellOutput()
        output.basis.rows = request.digest.hex
        output.basis.datasets = present(request.datasets)
        guard draws else { return output }
        guard let answer = experimentAnswer, answer.request == request else {
            output.problem = "The experiment runs when this cell is updated."
            return output
        }
        if let problem = answer.problem {
            output.problem = problem
            return output
        }
        // What was read, whatever has happened to it since.
        output.basis.datasets = answer.datasets
        show(answer, caption, cell, &output)
        return output
    }

    /// The digests that these data sets have now; those that the storage does not have are left out.
    private func present(_ names: [String]) -> [String: String] {
        names.reduce(into: [:]) { found, name in found[name] = views.dataset?(name)?.hex }
    }

    private func show(_ answer: ExperimentAnswer, _ caption: String?, _ cell: Cell, _ output: inout CellOutput) {
        var html = "<p><strong>\(answer.title.escapedAsHTML)</strong></p>\n"
        for (place, drawing) in answer.drawings.enumerated() {
            // The first has the names of every figure.
            let prefix = place == 0 ? "svg" : "figure\(place + 1)-svg"
            output.forms += drawing.forms.map { CellOutput.Form(name: "\(prefix)-\($0.name)", type: "image/svg+xml", bytes: Array($0.svg.utf8)) }
            let below = place == 0 ? caption.map { "<figcaption>\($0.escapedAsHTML)</figcaption>" } ?? "" : ""
            html += "<figure><img src=\"cid:\(prefix)-light-760\" alt=\"\(drawing.title.escapedAsHTML)\">\(below)</figure>\n"
        }
        if answer.drawings.isEmpty, let caption { html += "<p>\(caption.escapedAsHTML)</p>\n" }
        func rendered(_ markdown: String) -> String { text.html(markdown, cell.id) { .failed($0, "an experiment has no expressions") }.html }
        html += rendered(answer.meaning)
        html += "<details><summary>Values as tables</summary>\n\(rendered(answer.tables))</details>\n"
        output.html = html
        for (name, type, content) in [("csv", "text/csv", answer.csv), ("json", "application/json", answer.json), ("md", "text/markdown", answer.markdown)] where !content.isEmpty {
            output.forms.append(CellOutput.Form(name: name, type: type, bytes: Array(content.utf8)))
        }
    }
}
