/// Why a text is not a notebook, or a cell's source not a set of fields, and where.
package struct NotebookError: Error, Equatable, CustomStringConvertible {
    /// Line of the error, from 1.
    package let line: Int
    /// Column within the line in characters (Unicode scalars), from 1.
    package let column: Int
    /// What is wrong, what is allowed, and what to do.
    package let problem: String

    /// Makes an error at a place.
    package init(line: Int, column: Int = 1, _ problem: String) {
        self.line = line
        self.column = column
        self.problem = problem
    }

    /// The error as one sentence.
    package var description: String { "line \(line), column \(column): \(problem)" }
}

/// Bounds on what a notebook may hold. Texts and operations beyond them are refused.
package enum NotebookLimits {
    /// Bytes of a notebook's content: sources, attributes, layouts (`Notebook.weight`).
    package static let contentBytes = 2_000_000
    /// Bytes of a notebook's text form: content with heads, fences, and longer line endings.
    package static let textBytes = 8_000_000
    /// Cells of a notebook.
    package static let cells = 2_000
    /// Bytes of one cell's source.
    package static let cellBytes = 262_144
    /// Bytes of a title.
    package static let titleBytes = 300
    /// Drafts that one cell may hold; a further conflict is refused until one is discarded.
    package static let draftsPerCell = 50
    /// Attributes of a cell, and bytes of one attribute's value.
    package static let attributes = 32
    package static let attributeBytes = 1_000
    /// Deleted cells that are remembered, so that late edits of them find their place.
    package static let deletedCells = 4_000
}
