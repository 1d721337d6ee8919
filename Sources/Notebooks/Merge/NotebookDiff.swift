package import Canonical

/// The difference of two notebooks: cells that were added, removed, moved, or changed.
package struct NotebookDiff: Sendable, Hashable {
    /// One cell of either notebook.
    package struct CellDiff: Sendable, Hashable {
        package enum Change: String, Sendable {
            case same
            case added
            case removed
            case changed
        }

        package let change: Change
        /// Whether the cell stands elsewhere among the cells that both have; it may be changed too.
        package let isMoved: Bool
        /// The cell as it was, with its position from 0; nil if it was not there.
        package let old: Cell?
        package let oldIndex: Int?
        /// The cell as it is, with its position from 0; nil if it is gone.
        package let new: Cell?
        package let newIndex: Int?
        /// The lines of both sources; empty if the source is the same.
        package let lines: [TextDiff.Line]
    }

    /// The old title, if it differs.
    package let oldTitle: String?
    package let newTitle: String?
    /// All cells in the order of the new notebook; a removed one behind the cell that it stood behind.
    package let cells: [CellDiff]

    /// Compares two notebooks by the ids of their cells.
    package init(from old: Notebook, to new: Notebook) {
        let differs = !sameBytes(old.title, new.title)
        oldTitle = differs ? old.title : nil
        newTitle = differs ? new.title : nil
        let oldPlaces = Dictionary(uniqueKeysWithValues: old.cells.enumerated().map { ($1.id, $0) })
        let newIDs = Set(new.cells.map(\.id))
        let shared = new.cells.enumerated().compactMap { index, cell in oldPlaces[cell.id].map { (index, $0) } }
        let stayed = Set(TokenDiff.longestAscent(shared).map(\.0))
        /// Removed cells by the cell before them that is still there; nil for the beginning.
        var removed: [CellID?: [CellDiff]] = [:]
        var anchor: CellID?
        for (index, cell) in old.cells.enumerated() {
            if newIDs.contains(cell.id) {
                anchor = cell.id
            } else {
                removed[anchor, default: []].append(CellDiff(.removed, old: (index, cell), new: nil))
            }
        }
        var cells = removed[nil] ?? []
        for (index, cell) in new.cells.enumerated() {
            let before = oldPlaces[cell.id].map { ($0, old.cells[$0]) }
            let change = before.map { NotebookDiff.isSame($0.1, cell) ? CellDiff.Change.same : .changed } ?? .added
            cells.append(CellDiff(change, isMoved: before != nil && !stayed.contains(index), old: before, new: (index, cell)))
            cells += removed[cell.id] ?? []
        }
        self.cells = cells
    }

    /// Whether two cells have the same content; how the text form spells them does not count.
    private static func isSame(_ old: Cell, _ new: Cell) -> Bool {
        Cell(old.id, old.kind, source: old.source, attributes: old.attributes) == Cell(new.id, new.kind, source: new.source, attributes: new.attributes)
    }

    /// Whether there is no difference in title and cells.
    package var isEmpty: Bool { oldTitle == nil && cells.allSatisfy { $0.change == .same && !$0.isMoved } }

    /// As JSON: titles if they differ, and all cells.
    package var json: JSONValue {
        ["old_title": .optional(oldTitle), "new_title": .optional(newTitle), "cells": .array(cells.map(\.json))]
    }
}

extension NotebookDiff.CellDiff {
    fileprivate init(_ change: Change, isMoved: Bool = false, old: (Int, Cell)?, new: (Int, Cell)?) {
        self.change = change
        self.isMoved = isMoved
        (self.old, oldIndex) = (old?.1, old?.0)
        (self.new, newIndex) = (new?.1, new?.0)
        let differs = change != .same && !sameBytes(old?.1.source ?? "", new?.1.source ?? "")
        lines = differs ? TextDiff(from: old?.1.source ?? "", to: new?.1.source ?? "").lines.filter { old != nil && new != nil || $0.change == (old == nil ? .added : .removed) } : []
    }

    /// As JSON: the change, both cells without layouts, and the lines of the difference.
    package var json: JSONValue {
        func content(_ cell: Cell?) -> JSONValue {
            cell.map { Cell($0.id, $0.kind, source: $0.source, attributes: $0.attributes).json } ?? .null
        }
        return [
            "cell": .optional((new ?? old)?.id.text), "change": .string(change.rawValue), "moved": .bool(isMoved), "old": content(old), "old_index": .optional(oldIndex),
            "new": content(new), "new_index": .optional(newIndex), "lines": TextDiff.json(lines),
        ]
    }
}

extension NotebookDiff {
    /// The operations that make a notebook of a state: cells that stay keep their ids, revisions and drafts.
    ///
    /// After all are applied, the state's notebook has the text of `new`, byte for byte.
    package static func operations(from state: NotebookState, to new: Notebook) -> [NotebookOperation] {
        let old = state.notebook
        var operations: [NotebookOperation] = []
        if !sameBytes(old.title, new.title) { operations.append(.retitle(new.title, base: state.sequence)) }
        let newIDs = Set(new.cells.map(\.id))
        for cell in old.cells where !newIDs.contains(cell.id) { operations.append(.delete(cell.id, base: state.sequence)) }
        let oldPlaces = Dictionary(uniqueKeysWithValues: old.cells.enumerated().map { ($1.id, $0) })
        let shared = new.cells.enumerated().compactMap { index, cell in oldPlaces[cell.id].map { (index, $0) } }
        let stayed = Set(TokenDiff.longestAscent(shared).map(\.0))
        var after: CellID?
        for (index, cell) in new.cells.enumerated() {
            if let place = oldPlaces[cell.id] {
                if !stayed.contains(index) { operations.append(.move(cell.id, after: after)) }
                operations += changes(from: old.cells[place], to: cell, base: state.sequence)
            } else {
                operations.append(.insert(cell.id, cell.kind, source: cell.source, attributes: cell.attributes, after: after))
                if cell.layout != nil { operations.append(.format(cell.id, cell.layout)) }
            }
            after = cell.id
        }
        if (old.preamble == nil) != (new.preamble == nil) || !sameBytes(old.preamble ?? "", new.preamble ?? "") {
            operations.append(.format(nil, new.preamble.map { CellLayout(head: $0, tail: "", isLast: false) }))
        }
        return operations
    }

    private static func changes(from old: Cell, to new: Cell, base: Int) -> [NotebookOperation] {
        var operations: [NotebookOperation] = []
        if !sameBytes(old.source, new.source) { operations.append(.edit(new.id, source: new.source, base: base)) }
        var attributes: [String: String?] = [:]
        for key in Set(old.attributes.keys).union(new.attributes.keys) {
            let (before, after) = (old.attributes[key], new.attributes[key])
            if (before == nil) != (after == nil) || !sameBytes(before ?? "", after ?? "") { attributes.updateValue(after, forKey: key) }
        }
        if old.kind != new.kind || !attributes.isEmpty {
            operations.append(.configure(new.id, kind: old.kind == new.kind ? nil : new.kind, attributes: attributes))
        }
        if old.layout != new.layout { operations.append(.format(new.id, new.layout)) }
        return operations
    }
}
