import Canonical
package import Catalog
package import Notebooks

/// Making, deleting, restoring.
extension NotebookKeeper {
    /// Makes a notebook, in one transaction with its first revision and its line in the audit log.
    /// - Errors: `WorkbenchError.tooManyNotebooks`, `.keyReused`
    package func create(_ notebook: Notebook, isImported: Bool = false, key: IdempotencyKey? = nil, by actor: some AuditActor) throws -> (document: NotebookDocument, isNew: Bool) {
        let time = now(), state = NotebookState(notebook, sequence: 0), most = settings.mostNotebooks
        let text = StoredObject(.notebook, Array(notebook.text.utf8))
        let (record, isNew) = try catalog.writeNow { writer -> (NotebookRecord, Bool) in
            if let key, let kept = try writer.reader.submission(route: key.route, key: key.key) {
                guard kept.requestDigest == key.requestDigest else { throw WorkbenchError.keyReused(key.key) }
                return (try writer.reader.openNotebook(kept.resource), false)
            }
            guard try writer.reader.notebookCount() < most else { throw WorkbenchError.tooManyNotebooks(most) }
            let id = NotebookSlug.free(notebook.title, taken: try writer.reader.notebookIDs(withPrefix: NotebookSlug.slug(notebook.title)))
            let record = NotebookRecord(id: id, title: notebook.title, cells: notebook.cells.count, created: time, creator: actor.name)
            let (revision, object) = NotebookCommit(notebook: id, parent: nil, text: text.digest.hex, author: actor.name, member: actor.member, time: time)
                .record(number: 1, sequence: 0, cells: record.cells, name: "")
            try writer.keep(text, at: time)
            try writer.keep(object, at: time)
            let made = try writer.insert(record, state: state.json.canonicalText, revision: revision)
            if let key { try writer.keep(route: key.route, key: key.key, requestDigest: key.requestDigest, resource: id, at: time) }
            try writer.record("create", "notebook \(id)", isImported ? "imported, \(record.cells) cells" : "", by: actor, at: time)
            return (made, true)
        }
        return (isNew ? NotebookDocument(record, state) : try document(record.id), isNew)
    }

    /// Deletes a notebook: it is no longer listed, and can be restored. Nothing of it is lost.
    package func delete(_ id: String, by actor: some AuditActor) throws {
        let time = now()
        try catalog.writeNow { writer in
            let record = try writer.reader.openNotebook(id)
            try writer.delete(notebook: record.number, at: time)
            try writer.record("delete", "notebook \(id)", by: actor, at: time)
        }
        forget(id)
        hub.publish(
            "notebook", notebook: id,
            data: JSONValue.object(["notebook": .string(id), "author": .string(actor.name), "operations": [], "deleted": true]).canonicalText)
    }

    /// Takes back that a notebook was deleted; nothing happens to one that is not.
    package func restore(_ id: String, by actor: some AuditActor) throws {
        let time = now()
        try catalog.writeNow { writer in
            guard let record = try writer.reader.notebook(id) else { throw WorkbenchError.unknownNotebook(id) }
            guard record.deleted != nil else { return }
            try writer.restore(notebook: record.number)
            try writer.record("restore", "notebook \(id)", by: actor, at: time)
        }
    }
}

/// Ids of notebooks from their titles.
enum NotebookSlug {
    static let longest = 60

    /// Lower-case ASCII letters and digits of a title, words joined by hyphens.
    static func slug(_ title: String) -> String {
        var words: [String] = [], word = ""
        for character in title.lowercased().unicodeScalars {
            if character.isASCII, character.properties.isAlphabetic || ("0"..."9").contains(character) {
                word.unicodeScalars.append(character)
            } else if !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        var slug = String(words.joined(separator: "-").prefix(longest))
        while slug.hasSuffix("-") { slug.removeLast() }
        return slug.isEmpty ? "notebook" : slug
    }

    /// The slug, or the first with a number that is not taken.
    static func free(_ title: String, taken: [String]) -> String {
        let (slug, taken) = (slug(title), Set(taken))
        guard taken.contains(slug) else { return slug }
        var number = 2
        while taken.contains("\(slug)-\(number)") { number += 1 }
        return "\(slug)-\(number)"
    }
}
