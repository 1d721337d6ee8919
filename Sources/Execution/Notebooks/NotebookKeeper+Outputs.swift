import Canonical
package import Catalog

/// What cells show.
extension NotebookKeeper {
    /// An output that is to be kept.
    package struct Shown: Sendable {
        /// The cell.
        package var cell: String
        /// Of source and results, and of the source alone.
        package var key, source: String
        /// The forms, and the object that describes the output as the last one.
        package var objects: [StoredObject]

        /// Makes a value.
        package init(cell: String, key: String, source: String, objects: [StoredObject]) {
            (self.cell, self.key, self.source, self.objects) = (cell, key, source, objects)
        }
    }

    /// Keeps outputs in place of what the cells showed, in one transaction, and tells of it.
    package func show(_ outputs: [Shown], of id: String, by author: some AuditActor) throws {
        guard !outputs.isEmpty else { return }
        let time = now()
        try catalog.writeNow { writer in
            let record = try writer.reader.openNotebook(id)
            for output in outputs {
                guard let last = output.objects.last else { continue }
                for object in output.objects { try writer.keep(object, at: time) }
                try writer.show(
                    NotebookOutputRecord(cell: output.cell, key: output.key, source: output.source, output: last.digest.hex, shown: time), of: record.number)
            }
        }
        let told: JSONValue = .object([
            "notebook": .string(id), "cells": .array(outputs.map { .string($0.cell) }), "author": .string(author.name), "time": .number(time),
        ])
        hub.publish("outputs", notebook: id, data: told.canonicalText)
    }
}
