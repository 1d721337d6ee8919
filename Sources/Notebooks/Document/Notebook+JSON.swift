package import Canonical

extension Notebook {
    /// The notebook as JSON, with all that its text form has: equal digests mean equal texts.
    package var json: JSONValue {
        let value: JSONValue = [
            "fidelio": "notebook", "version": .integer(Int64(FrontMatter.version)), "title": .string(title), "cells": .array(cells.map(\.json)),
        ]
        return preamble.map { value.adding("preamble", .string($0)) } ?? value
    }

    /// SHA-256 of the canonical JSON: the name of a revision.
    package var digest: Digest { json.digest }

    /// Reads a notebook from `json`.
    /// - Errors: `FieldError` for anything else, for ids that are not unique, and for limits exceeded.
    package init(json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        _ = try fields.oneOf("fidelio", ["notebook"])
        _ = try fields.integer("version", in: FrontMatter.version...FrontMatter.version)
        let title = try fields.string("title", maximumBytes: NotebookLimits.titleBytes)
        guard FrontMatter.isTitle(title) else { throw fields.error("title", "must be one line without control characters") }
        var cells: [Cell] = []
        var ids: Set<CellID> = []
        for (index, value) in try fields.array("cells", count: 0...NotebookLimits.cells).enumerated() {
            let cell = try Cell(json: value, path: fields.path(of: "cells[\(index)]"))
            guard ids.insert(cell.id).inserted else { throw fields.error("cells[\(index)].id", "\"\(cell.id)\" occurs twice") }
            cells.append(cell)
        }
        self.init(title: title, cells: cells)
        preamble = try fields.optionalString("preamble", maximumBytes: NotebookLimits.contentBytes)
        guard (preamble?.utf8.count ?? 0) + cells.reduce(0, { $0 + $1.weight }) <= NotebookLimits.contentBytes else {
            throw fields.error("cells", "must have at most \(NotebookLimits.contentBytes) bytes in all")
        }
        try fields.finish()
    }
}

extension Cell {
    /// The cell as JSON: id, kind, source, and attributes and layout where there are any.
    package var json: JSONValue {
        var value: JSONValue = ["id": .string(id.text), "kind": .string(kind.name), "source": .string(source)]
        if !attributes.isEmpty { value = value.adding("attributes", .object(attributes.mapValues { .string($0) })) }
        if let layout { value = value.adding("layout", layout.json) }
        return value
    }

    /// Reads a cell from `json`.
    /// - Errors: `FieldError` for anything else.
    package init(json: JSONValue, path: String) throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        let id = try fields.cellID("id")
        let kind = try fields.cellKind("kind")
        let source = try fields.string("source", maximumBytes: NotebookLimits.cellBytes)
        let attributes = try fields.texts("attributes")
        if let key = attributes.keys.sorted().first(where: { !CellHead.isKey($0) }) { throw fields.error("attributes", "has a key that no head can have: \"\(key.prefix(80))\"") }
        if kind != .text, let language = attributes["language"], !CellHead.isWord(language) { throw fields.error("attributes.language", "must be one word") }
        guard attributes.count <= NotebookLimits.attributes else { throw fields.error("attributes", "must be at most \(NotebookLimits.attributes)") }
        let layout = try fields.optionalValue("layout").map { (value) throws(FieldError) in try CellLayout(json: value, path: fields.path(of: "layout")) }
        try fields.finish()
        self.init(id, kind, source: source, attributes: attributes, layout: layout)
    }
}

extension FieldReader {
    /// A required cell id.
    package mutating func cellID(_ key: String) throws(FieldError) -> CellID {
        guard let id = try optionalCellID(key) else { throw error(key, "is missing: it must be the id of a cell") }
        return id
    }

    /// An optional cell id; null counts as none.
    mutating func optionalCellID(_ key: String) throws(FieldError) -> CellID? {
        guard let value = optionalValue(key), value != .null else { return nil }
        guard let text = value.stringValue, let id = CellID(text) else {
            throw error(key, "must be the id of a cell: 1 to \(CellID.longest) letters, digits, - and _")
        }
        return id
    }

    /// A required kind of cell.
    package mutating func cellKind(_ key: String) throws(FieldError) -> CellKind {
        let name = try string(key)
        guard CellHead.isWord(name) else { throw error(key, "must be a kind of cell, such as \"text\" or \"figure\"") }
        return CellKind(name: name)
    }
}
