package import Canonical

/// One change of a notebook, as a client sends it and as it is logged.
///
/// `base` is the revision of what the client started from: the sequence number of the operation that made it.
package enum NotebookOperation: Sendable, Hashable {
    /// A new cell behind another, or at the beginning. The client chooses the id. The id of a deleted cell restores it.
    case insert(CellID, CellKind, source: String, attributes: [String: String] = [:], after: CellID?)
    /// Deletes a cell, unless it was edited since.
    case delete(CellID, base: Int)
    /// Moves a cell behind another, or to the beginning. The later of two moves holds.
    case move(CellID, after: CellID?)
    /// A new source of a cell. `from` is the text that it was made from, where that is not the source at revision `base`.
    case edit(CellID, source: String, base: Int, from: String? = nil)
    /// Another kind, or other attributes; the value nil removes one. The later of two changes of the same attribute holds.
    case configure(CellID, kind: CellKind?, attributes: [String: String?])
    /// A new title. `from` is the title that it was made from, where that is not the one at revision `base`.
    case retitle(String, base: Int, from: String? = nil)
    /// Removes a draft of a cell, or of the title.
    case discard(CellID?, draft: Int)
    /// Removes the mark that somebody wanted to delete the cell.
    case keep(CellID)
    /// How the text form spells a cell, or the lines before the first cell (the layout's head); nil for the standard form.
    case format(CellID?, CellLayout?)

    /// The cell that the operation is about; nil for the title and the lines before the first cell.
    package var cell: CellID? {
        switch self {
        case .insert(let id, _, _, _, _), .delete(let id, _), .move(let id, _), .edit(let id, _, _, _), .configure(let id, _, _), .keep(let id): id
        case .discard(let id, _), .format(let id, _): id
        case .retitle: nil
        }
    }

    /// The operation's word in JSON.
    package var name: String {
        switch self {
        case .insert: "insert"
        case .delete: "delete"
        case .move: "move"
        case .edit: "edit"
        case .configure: "configure"
        case .retitle: "retitle"
        case .discard: "discard"
        case .keep: "keep"
        case .format: "format"
        }
    }

    /// The words of all operations.
    package static let names = ["insert", "delete", "move", "edit", "configure", "retitle", "discard", "keep", "format"]
}

extension NotebookOperation {
    /// The operation as JSON; optional fields are left out.
    package var json: JSONValue {
        var value: JSONValue = ["operation": .string(name)]
        func add(_ key: String, _ member: JSONValue?) { if let member { value = value.adding(key, member) } }
        add("cell", cell.map { .string($0.text) })
        switch self {
        case .insert(_, let kind, let source, let attributes, let after):
            add("kind", .string(kind.name))
            add("source", .string(source))
            add("attributes", attributes.isEmpty ? nil : .object(attributes.mapValues { .string($0) }))
            add("after", after.map { .string($0.text) })
        case .delete(_, let base): add("base", .count(base))
        case .move(_, let after): add("after", after.map { .string($0.text) })
        case .edit(_, let source, let base, let from):
            add("source", .string(source))
            add("base", .count(base))
            add("from", from.map { .string($0) })
        case .configure(_, let kind, let attributes):
            add("kind", kind.map { .string($0.name) })
            add("attributes", attributes.isEmpty ? nil : .object(attributes.mapValues { .optional($0) }))
        case .retitle(let title, let base, let from):
            add("title", .string(title))
            add("base", .count(base))
            add("from", from.map { .string($0) })
        case .discard(_, let draft): add("draft", .count(draft))
        case .keep: break
        case .format(_, let layout): add("layout", layout?.json)
        }
        return value
    }

    /// Reads an operation from JSON, as `json` writes it; `null` for `after` and `from` counts as absent.
    /// - Errors: `FieldError` for an unknown operation or field, a missing one, and one beyond `NotebookLimits`.
    package init(json: JSONValue, path: String = "") throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        switch try fields.oneOf("operation", NotebookOperation.names) {
        case "insert":
            self = .insert(
                try fields.cellID("cell"), try fields.cellKind("kind"), source: try fields.cellSource("source"),
                attributes: try fields.cellAttributes("attributes").compactMapValues { $0 }, after: try fields.optionalCellID("after"))
        case "delete": self = .delete(try fields.cellID("cell"), base: try fields.sequence("base"))
        case "move": self = .move(try fields.cellID("cell"), after: try fields.optionalCellID("after"))
        case "edit":
            self = .edit(
                try fields.cellID("cell"), source: try fields.cellSource("source"), base: try fields.sequence("base"),
                from: try fields.optionalText("from", NotebookLimits.cellBytes))
        case "configure":
            let kind = fields.contains("kind") ? try fields.cellKind("kind") : nil
            self = .configure(try fields.cellID("cell"), kind: kind, attributes: try fields.cellAttributes("attributes"))
        case "retitle":
            let title = try fields.string("title", maximumBytes: NotebookLimits.titleBytes)
            guard FrontMatter.isTitle(title) else { throw fields.error("title", "must be one line without control characters") }
            self = .retitle(title, base: try fields.sequence("base"), from: try fields.optionalText("from", NotebookLimits.titleBytes))
        case "discard": self = .discard(try fields.optionalCellID("cell"), draft: try fields.sequence("draft"))
        case "keep": self = .keep(try fields.cellID("cell"))
        default:
            let layout = try fields.optionalValue("layout").map { (value) throws(FieldError) in try CellLayout(json: value, path: fields.path(of: "layout")) }
            self = .format(try fields.optionalCellID("cell"), layout)
        }
        try fields.finish()
    }
}

extension FieldReader {
    /// A sequence number: a revision, or the number of a draft.
    mutating func sequence(_ key: String) throws(FieldError) -> Int { try integer(key, in: 0...Int(Int32.max)) }

    /// The source of a cell, with a line feed for each line ending.
    mutating func cellSource(_ key: String) throws(FieldError) -> String {
        LineEndings.normalized(try string(key, maximumBytes: NotebookLimits.cellBytes))
    }

    /// An optional text; null counts as none.
    mutating func optionalText(_ key: String, _ maximumBytes: Int) throws(FieldError) -> String? {
        if let value = optionalValue(key), value == .null { return nil }
        return try optionalString(key, maximumBytes: maximumBytes).map(LineEndings.normalized)
    }

    /// Attributes of a cell; a null stands for one to remove.
    mutating func cellAttributes(_ key: String) throws(FieldError) -> [String: String?] {
        guard var values = try optionalObject(key) else { return [:] }
        var attributes: [String: String?] = [:]
        for name in values.keys {
            let value = try values.optionalText(name, NotebookLimits.attributeBytes)
            if let problem = CellHead.problem(name, value) { throw error("\(key).\(name.prefix(80))", problem) }
            attributes.updateValue(value, forKey: name)
        }
        guard attributes.count <= NotebookLimits.attributes else { throw error(key, "must be at most \(NotebookLimits.attributes)") }
        return attributes
    }
}
