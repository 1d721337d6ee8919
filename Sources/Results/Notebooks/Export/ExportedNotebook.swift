package import Canonical
package import Notebooks

/// A notebook with everything that an exported file needs: its document, what its cells show, and where both come from.
package struct ExportedNotebook: Sendable {
    /// What one cell shows.
    package struct Output: Sendable {
        /// HTML with pictures as `cid:NAME`.
        package var html = ""
        /// The forms with their bytes.
        package var forms: [CellOutput.Form] = []
        /// The bound expressions of a text with their values, as the API shows them.
        package var expressions: [JSONValue] = []
        /// The results that it rests on.
        package var basis = CellBasis()
        /// Why the cell, or a part of it, shows nothing.
        package var problem: String?
        /// `none`, `fresh`, `stale`, `edited` or `failed`.
        package var state = "none"
        /// How the results have changed since.
        package var changes: [String] = []
        /// Runs behind it that no longer exist.
        package var missing: [String] = []
        /// When it was resolved, in Unix seconds; nil for a text that was rendered for this export.
        package var shown: Double?
        /// The path of the page that shows the same.
        package var address: String?

        /// An output without content.
        package init() {}

        /// What was resolved just now.
        package init(_ output: CellOutput, state: String) {
            (html, forms, expressions, basis) = (output.html, output.forms, output.expressions.map(\.json), output.basis)
            (problem, address, self.state) = (output.problem, output.address, state)
        }

        func form(_ name: String) -> CellOutput.Form? { forms.first { $0.name == name } }
        func text(_ name: String) -> String? { form(name).map { String(decoding: $0.bytes, as: UTF8.self) } }
        /// The drawing at the ordinary width; nil for what is no figure.
        func drawing(_ theme: String = "light") -> String? { text("svg-\(theme)-760") }
    }

    /// The revision that is exported, or the newest one that the document has moved on from.
    package struct Revision: Sendable {
        package var digest: String
        package var name: String
        package var author: String
        package var time: Double

        package init(digest: String, name: String, author: String, time: Double) {
            (self.digest, self.name, self.author, self.time) = (digest, name, author, time)
        }
    }

    /// The notebook's id.
    package var id: String
    /// The document.
    package var document: Notebook
    /// What the cells show, by their ids.
    package var outputs: [String: Output]
    /// The exported revision; nil for a document that is none.
    package var revision: Revision?
    /// Who wrote it, in the order of their first revision.
    package var authors: [String]
    /// When it was last changed, in Unix seconds.
    package var changed: Double
    /// The server's address without a slash at its end, for links to its pages; nil where its pages are not open to the reader.
    package var server: String?

    /// Gathers what is exported.
    package init(id: String, document: Notebook, outputs: [String: Output], revision: Revision?, authors: [String], changed: Double, server: String?) {
        (self.id, self.document, self.outputs, self.revision) = (id, document, outputs, revision)
        (self.authors, self.changed, self.server) = (authors, changed, server)
    }

    func output(_ cell: Cell) -> Output { outputs[cell.id.text] ?? Output() }

    /// The path of a form below `/api/v1`, by its digest.
    func path(of form: CellOutput.Form, in cell: Cell) -> String {
        let base = "/api/v1/notebooks/\(id)" + (revision.map { "/revisions/\($0.digest)" } ?? "")
        return "\(base)/cells/\(cell.id.text)/forms/\(Digest.sha256(form.bytes).hex)"
    }

    /// SHA-256 of the text.
    var textDigest: String { Digest.sha256(document.text).hex }
}

extension ExportedNotebook.Output {
    /// What is said of a cell whose output is not what its text and the results would give now; nil where nothing is to be said.
    var remark: String? {
        switch state {
        case "none": "This cell has not been updated, so it shows nothing."
        case "edited": "This cell was edited after it was last updated; it shows what it showed before."
        case "stale": "The results have changed since this was shown" + (changes.isEmpty ? "." : ": \(changes.joined(separator: ", ")).")
        default: missing.isEmpty ? nil : "\(missing.count) of the runs behind this no longer \(missing.count == 1 ? "exists" : "exist"); what is shown was kept."
        }
    }
}
