/// One cell of a notebook: a text, or a description of something that is shown.
package struct Cell: Sendable, Hashable {
    /// Identifies the cell within its notebook for as long as it exists, wherever it is moved.
    package let id: CellID
    /// What the cell is.
    package var kind: CellKind
    /// What its author wrote: Markdown of a text cell, SQL of an SQL cell, YAML fields of every other.
    package var source: String

    /// Makes a cell.
    package init(_ id: CellID, _ kind: CellKind, source: String) {
        self.id = id
        self.kind = kind
        self.source = source
    }
}

/// The id of a cell: 1 to 64 ASCII letters, digits, `-` and `_`, as Jupyter's format 4.5 demands, unique within a notebook.
package struct CellID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The longest id, in characters.
    package static let longest = 64

    /// The id as text.
    package let text: String

    /// Reads an id; nil for text that is none.
    package init?(_ text: String) {
        guard (1...CellID.longest).contains(text.utf8.count), text.utf8.allSatisfy(CellID.isAllowed) else { return nil }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: CellID, right: CellID) -> Bool { left.text < right.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// What a cell is.
package enum CellKind: Sendable, Hashable {
    /// GitHub Markdown with mathematics and bound expressions.
    case text
    /// A plan of runs: edited, previewed, queued; frozen once queued.
    case plan
    /// A list of runs: filter, columns, order.
    case runs
    /// A figure of a comparison or a study.
    case figure
    /// A table of a comparison or a study.
    case table
    /// Generated samples, by any two keys.
    case grid
    /// Training curves of chosen runs.
    case curves
    /// Checkpoints of a run or a study.
    case checkpoints
    /// A query over the documented views of the catalog.
    case sql
    /// The state of the proof of what the notebook cites.
    case verification
    /// A kind of a newer version: kept, shown as such, never dropped.
    case unknown(String)

    /// The kinds that this version knows, in the order in which menus list them.
    package static let known: [CellKind] = [.text, .plan, .runs, .figure, .table, .grid, .curves, .checkpoints, .sql, .verification]

    /// The kind's word in texts, JSON and menus.
    package var name: String {
        switch self {
        case .text: "text"
        case .plan: "plan"
        case .runs: "runs"
        case .figure: "figure"
        case .table: "table"
        case .grid: "grid"
        case .curves: "curves"
        case .checkpoints: "checkpoints"
        case .sql: "sql"
        case .verification: "verification"
        case .unknown(let name): name
        }
    }

    /// The kind of a word; `unknown` for a word that this version does not know.
    package init(name: String) { self = CellKind.known.first { $0.name == name } ?? .unknown(name) }
}
