package import Canonical
package import Catalog
package import Notebooks

/// An output of a cell as the catalog keeps it: an object that describes it, and one for each of its forms.
package struct StoredOutput: Sendable {
    /// A form: its name, media type, digest, and size.
    package struct Form: Sendable, Equatable {
        /// Such as `svg-light-760`.
        package var name: String
        /// The media type.
        package var type: String
        /// The digest of its bytes.
        package var digest: String
    }

    /// Everything as it is stored.
    package let json: JSONValue
    /// The forms.
    package let forms: [Form]
    /// The results behind the output.
    package let basis: CellBasis

    /// Reads an output.
    /// - Errors: `PinDamaged` where its object is missing or has another digest.
    package init(_ digest: String, _ reader: CatalogReader) throws {
        json = JSONValue(stored: String(decoding: try reader.pinnedObject(digest), as: UTF8.self))
        forms = (json["forms"]?.arrayValue ?? []).compactMap { form in
            guard let name = form["name"]?.stringValue, let digest = form["digest"]?.stringValue else { return nil }
            return Form(name: name, type: form["type"]?.stringValue ?? "", digest: digest)
        }
        basis = (try? CellBasis(reading: json["basis"] ?? .null)) ?? CellBasis()
    }

    /// The runs behind what the cells show, in the order of the cells; those of cells about the others are left out.
    package static func citedRuns(of cells: [Cell], _ stored: [String: NotebookOutputRecord], _ reader: CatalogReader) throws -> [String] {
        var known: Set<String> = []
        return try cells.filter { $0.kind != .verification }.flatMap { cell in
            try stored[cell.id.text].map { try StoredOutput($0.output, reader).basis.runs.map(\.id) } ?? []
        }.filter { known.insert($0).inserted }
    }

    /// HTML with `cid:NAME` in place of addresses.
    package var html: String { json["html"]?.stringValue ?? "" }
    /// The values of bound expressions.
    package var expressions: [JSONValue] { json["expressions"]?.arrayValue ?? [] }
    /// The page of the results; nil without one.
    package var address: String? { json["address"]?.stringValue }
    /// Why the cell, or a part of it, could not be shown.
    package var problem: String? { json["problem"]?.stringValue }
}

extension CellOutput {
    /// What is stored of the output: its forms, and the object that describes it as the last one.
    package var objects: [StoredObject] {
        let forms = forms.map { StoredObject(.form, $0.bytes) }
        return forms + [StoredObject(.output, Array(description(forms).canonicalText.utf8))]
    }

    private func description(_ objects: [StoredObject]) -> JSONValue {
        .object([
            "html": .string(html), "expressions": .array(expressions.map(\.json)), "basis": basis.json, "address": .optional(address), "problem": .optional(problem),
            "forms": .array(
                zip(forms, objects).map { form, object in
                    ["name": .string(form.name), "type": .string(form.type), "digest": .string(object.digest.hex), "bytes": .count(object.bytes.count)]
                }),
        ])
    }
}

extension Cell {
    /// SHA-256 of what the author wrote.
    package var sourceDigest: String { JSONValue.object(written).digest.hex }

    /// Kind, source, and the attributes that what is shown depends on.
    var written: [String: JSONValue] {
        let fields: [String: JSONValue] = ["kind": .string(kind.name), "source": .string(source)], chart = chart
        return chart.isEmpty ? fields : fields.merging(["chart": .object(chart.mapValues { .string($0) })]) { $1 }
    }

    /// The fields of the source; an empty object for texts, queries, and kinds that this version does not know.
    /// - Errors: `NotebookError` with line and column
    package func fields() throws(NotebookError) -> JSONValue {
        switch kind {
        case .text, .sql, .unknown: .object([:])
        default: try CellFields.value(of: source)
        }
    }
}

extension CatalogReader {
    /// An object whose bytes have its digest.
    /// - Errors: `PinDamaged` where it is missing or has another digest.
    package func pinnedObject(_ digest: String) throws -> [UInt8] {
        guard let bytes = try object(digest), Digest.sha256(bytes).hex == digest else { throw PinDamaged(digest: digest) }
        return bytes
    }
}
