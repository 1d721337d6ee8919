/// A notebook while people work on it: cells with revisions, drafts and marks, and the places of deleted cells.
///
/// It is a function of its start and of the operations applied in their order: two copies that saw the same operations are equal.
package struct NotebookState: Sendable, Hashable {
    /// A text that could not be merged, kept with its cell until somebody discards it.
    package struct Draft: Sendable, Hashable {
        /// The sequence number of the operation that brought it.
        package let id: Int
        package let source: String
        package let author: String
        package let time: String
    }

    /// That somebody deleted a cell while somebody else edited it. The cell stays until one of them decides.
    package struct DeleteRequest: Sendable, Hashable {
        package let author: String
        package let time: String
    }

    /// A cell that is not deleted.
    package struct Entry: Sendable, Hashable {
        package internal(set) var cell: Cell
        /// The sequence number of the operation that last changed its source or kind, or brought it a draft.
        package internal(set) var revision: Int
        package internal(set) var drafts: [Draft] = []
        package internal(set) var deleteRequest: DeleteRequest?
    }

    /// A deleted cell: its place is kept, for late edits and for cells inserted behind it.
    struct Tombstone: Hashable {
        var id: CellID
        var kind: CellKind
        var attributes: [String: String]
        /// Its revision when it was deleted.
        var revision: Int
        /// The sequence number of the deletion.
        var deleted: Int
    }

    enum Slot: Hashable {
        case living(Entry)
        case deleted(Tombstone)

        var id: CellID {
            switch self {
            case .living(let entry): entry.cell.id
            case .deleted(let tombstone): tombstone.id
            }
        }
    }

    /// The title.
    package internal(set) var title: String
    /// The sequence number of the operation that last changed the title, or brought it a draft.
    package internal(set) var titleRevision: Int
    /// Titles that could not be merged.
    package internal(set) var titleDrafts: [Draft] = []
    /// The sequence number of the last operation applied.
    package internal(set) var sequence: Int
    var preamble: String?
    var slots: [Slot]

    /// The state of a notebook that nobody works on yet: every revision is `sequence`.
    package init(_ notebook: Notebook, sequence: Int = 0) {
        title = notebook.title
        titleRevision = sequence
        self.sequence = sequence
        preamble = notebook.preamble
        slots = notebook.cells.map { .living(Entry(cell: $0, revision: sequence)) }
    }

    /// The notebook as it stands, without drafts and marks.
    package var notebook: Notebook {
        var notebook = Notebook(title: title, cells: cells.map(\.cell))
        notebook.preamble = preamble
        return notebook
    }

    /// The living cells in order.
    package var cells: [Entry] {
        slots.compactMap { if case .living(let entry) = $0 { entry } else { nil } }
    }

    /// A living cell.
    package subscript(id: CellID) -> Entry? {
        guard let index = index(of: id), case .living(let entry) = slots[index] else { return nil }
        return entry
    }

    func index(of id: CellID) -> Int? { slots.firstIndex { $0.id == id } }
}
