import Canonical
import Catalog
import Execution
import HTTPServer
import Results

/// Stored outputs of cells as JSON: an object of the catalog describes an output, its forms are objects of their own.
enum NotebookOutputs {
    /// What an output shows, as it was stored, without its state and without the results behind it.
    static func shown(_ digest: String, at time: Double, urls: String, _ memory: OutputMemory, _ reader: CatalogReader) throws -> JSONValue {
        let output = try memory.output(digest) {
            let whole = try StoredOutput.shown(digest, reader)
            return .object(["html", "forms", "expressions", "address", "problem"].reduce(into: [:]) { $0[$1] = whole[$1] ?? .null })
        }
        return json(of: output, at: time, urls: urls)
    }

    /// An output as it was stored, without its state.
    static func stored(_ digest: String, shown: Double, urls: String, _ reader: CatalogReader) throws -> JSONValue {
        stored(try StoredOutput(digest, reader), shown: shown, urls: urls)
    }

    private static func stored(_ output: StoredOutput, shown: Double, urls: String) -> JSONValue {
        json(of: output.json, at: shown, urls: urls).adding("rests_on", .array(restsOn(output.json["basis"])))
    }

    private static func json(of output: JSONValue, at shown: Double, urls: String) -> JSONValue {
        let forms = (output["forms"]?.arrayValue ?? []).map { form in form.adding("url", .string("\(urls)/\(form["digest"]?.stringValue ?? "")")) }
        let addresses = forms.map { (name: $0["name"]?.stringValue ?? "", address: $0["url"]?.stringValue ?? "") }
        return .object([
            "html": .string(CellOutput.html(output["html"]?.stringValue ?? "", addresses)), "forms": .array(forms), "expressions": output["expressions"] ?? [], "changes": [], "rests_on": [],
            "missing": [], "address": output["address"] ?? .null, "problem": output["problem"] ?? .null, "shown_at": .number(shown),
        ])
    }

    /// An output that a revision pinned: it never changes, and says which of its runs are no longer in the catalog.
    static func pinned(_ output: NotebookCommit.Output, of notebook: String, cell: String, revision: String, _ reader: CatalogReader) throws -> JSONValue {
        let urls = "\(RouteTable.prefix)/notebooks/\(notebook)/revisions/\(revision)/cells/\(cell)/forms"
        let whole = try StoredOutput(output.output, reader), json = stored(whole, shown: output.shown, urls: urls)
        let missing = try whole.basis.runs.map(\.id).filter { try reader.run($0) == nil }
        return json.adding("state", json["problem"] == .null ? "fresh" : "failed").adding("missing", .array(missing.map { .string($0) }))
    }

    /// The bytes of a form of a stored output, with its media type; nil if the output has no such form.
    static func form(_ digest: String, ofOutput output: String, _ reader: CatalogReader) throws -> (bytes: [UInt8], type: String)? {
        guard let form = try StoredOutput(output, reader).forms.first(where: { $0.digest == digest }) else { return nil }
        return (try reader.pinnedObject(digest), form.type)
    }

    /// The digests of the results behind an output.
    static func restsOn(_ basis: JSONValue?) -> [JSONValue] {
        let runs = (basis?["runs"]?.arrayValue ?? []).compactMap { $0["digest"] }
        return runs + (basis?["protocols"]?.arrayValue ?? []) + (basis?["extractors"]?.arrayValue ?? [])
    }
}
