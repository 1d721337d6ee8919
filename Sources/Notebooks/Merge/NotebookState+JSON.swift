package import Canonical

extension NotebookState {
    /// The state as JSON: a snapshot from which work goes on.
    package var json: JSONValue {
        let value: JSONValue = [
            "title": .string(title), "title_revision": .count(titleRevision), "title_drafts": .array(titleDrafts.map(\.json)), "sequence": .count(sequence),
            "slots": .array(slots.map(\.json)),
        ]
        return preamble.map { value.adding("preamble", .string($0)) } ?? value
    }

    /// Reads a snapshot.
    /// - Errors: `FieldError` for anything that `json` does not write.
    package init(json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json)
        title = try fields.string("title", maximumBytes: NotebookLimits.titleBytes)
        titleRevision = try fields.sequence("title_revision")
        titleDrafts = try fields.drafts("title_drafts")
        sequence = try fields.sequence("sequence")
        slots = []
        var ids: Set<CellID> = []
        for (index, value) in try fields.array("slots", count: 0...NotebookLimits.cells + NotebookLimits.deletedCells).enumerated() {
            let slot = try Slot(json: value, path: "slots[\(index)]")
            guard ids.insert(slot.id).inserted else { throw fields.error("slots[\(index)]", "\"\(slot.id)\" occurs twice") }
            slots.append(slot)
        }
        preamble = try fields.optionalString("preamble", maximumBytes: NotebookLimits.contentBytes)
        try fields.finish()
    }
}

extension NotebookState.Slot {
    var json: JSONValue {
        switch self {
        case .living(let entry):
            let value: JSONValue = ["cell": entry.cell.json, "revision": .count(entry.revision), "drafts": .array(entry.drafts.map(\.json))]
            return entry.deleteRequest.map { value.adding("delete_request", ["author": .string($0.author), "time": .string($0.time)]) } ?? value
        case .deleted(let tombstone):
            return [
                "id": .string(tombstone.id.text), "kind": .string(tombstone.kind.name), "attributes": .object(tombstone.attributes.mapValues { .string($0) }),
                "revision": .count(tombstone.revision), "deleted": .count(tombstone.deleted),
            ]
        }
    }

    init(json: JSONValue, path: String) throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        if fields.contains("cell") {
            let cell = try Cell(json: try fields.value("cell"), path: fields.path(of: "cell"))
            var entry = NotebookState.Entry(cell: cell, revision: try fields.sequence("revision"))
            entry.drafts = try fields.drafts("drafts")
            if var request = try fields.optionalObject("delete_request") {
                entry.deleteRequest = NotebookState.DeleteRequest(author: try request.string("author"), time: try request.string("time"))
                try request.finish()
            }
            self = .living(entry)
        } else {
            self = .deleted(
                NotebookState.Tombstone(
                    id: try fields.cellID("id"), kind: try fields.cellKind("kind"), attributes: try fields.texts("attributes"),
                    revision: try fields.sequence("revision"), deleted: try fields.sequence("deleted")))
        }
        try fields.finish()
    }
}

extension NotebookState.Draft {
    /// The draft as JSON.
    package var json: JSONValue { ["id": .count(id), "source": .string(source), "author": .string(author), "time": .string(time)] }

    init(json: JSONValue, path: String) throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        id = try fields.sequence("id")
        source = try fields.string("source", maximumBytes: NotebookLimits.cellBytes)
        author = try fields.string("author")
        time = try fields.string("time")
        try fields.finish()
    }
}

extension FieldReader {
    fileprivate mutating func drafts(_ key: String) throws(FieldError) -> [NotebookState.Draft] {
        var drafts: [NotebookState.Draft] = []
        for (index, value) in try array(key, count: 0...NotebookLimits.draftsPerCell).enumerated() {
            drafts.append(try NotebookState.Draft(json: value, path: path(of: "\(key)[\(index)]")))
        }
        return drafts
    }

    /// An object of texts, such as attributes as they were stored.
    mutating func texts(_ key: String) throws(FieldError) -> [String: String] {
        guard var values = try optionalObject(key) else { return [:] }
        var texts: [String: String] = [:]
        for key in values.keys { texts[key] = try values.string(key, maximumBytes: NotebookLimits.attributeBytes) }
        return texts
    }
}
