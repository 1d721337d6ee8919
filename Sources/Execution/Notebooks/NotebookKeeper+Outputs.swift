import Canonical
package import Catalog
package import Notebooks
package import Results

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

        /// The update that leads to it: nothing is kept where that was cancelled. Nil for an output that nobody waits for.
        package var update: Int64?

        /// Makes a value.
        package init(cell: String, key: String, source: String, objects: [StoredObject], update: Int64? = nil) {
            (self.cell, self.key, self.source, self.objects, self.update) = (cell, key, source, objects, update)
        }

        /// What is stored of an output that was resolved now.
        package init(_ cell: Cell, _ output: CellOutput, update: Int64? = nil) {
            self.init(cell: cell.id.text, key: output.basis.key(of: cell).hex, source: cell.sourceDigest, objects: output.objects, update: update)
        }
    }

    /// Keeps outputs in place of what the cells showed, in one transaction, and tells of it.
    package func show(_ outputs: [Shown], of id: String, by author: some AuditActor) throws {
        guard !outputs.isEmpty else { return }
        let time = now()
        try catalog.writeNow { writer in
            let record = try writer.reader.openNotebook(id)
            for output in outputs {
                if let update = output.update, try !writer.endUpdate(update) { continue }
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
