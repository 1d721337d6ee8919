/// One cell of a notebook: a text, or a description of something that is shown.
///
/// Two cells are equal if all their bytes are: texts that look alike but are encoded differently are different.
package struct Cell: Sendable {
    /// Identifies the cell within its notebook for as long as it exists, wherever it is moved.
    package let id: CellID
    /// What the cell is.
    package var kind: CellKind
    /// What its author wrote: Markdown of a text cell, SQL of an SQL cell, YAML fields of every other. Lines end with a line feed.
    package var source: String
    /// Further words of the cell's head by key: `folded`, and those of a newer version, kept as they are. `language` is the first
    /// word of the fence where it is not the kind's own. Never `id` or `lines`.
    package var attributes: [String: String]
    /// How the text form spells the cell, where that is not the standard form.
    package var layout: CellLayout?

    /// Makes a cell in the standard form. Line endings of `source` become line feeds.
    package init(_ id: CellID, _ kind: CellKind, source: String, attributes: [String: String] = [:], layout: CellLayout? = nil) {
        self.id = id
        self.kind = kind
        self.source = LineEndings.normalized(source)
        self.attributes = attributes
        self.layout = layout
    }
}

extension Cell {
    /// The bytes that count towards the limit of a notebook: source, attributes, layout, and 100 for the rest.
    var weight: Int {
        let words = attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        return 100 + source.utf8.count + words + (layout.map { $0.head.utf8.count + $0.tail.utf8.count } ?? 0)
    }
}

extension Cell: Hashable {
    package static func == (left: Cell, right: Cell) -> Bool {
        left.id == right.id && left.kind == right.kind && sameBytes(left.source, right.source) && left.layout == right.layout
            && left.attributes.count == right.attributes.count
            && left.attributes.allSatisfy { key, value in right.attributes[key].map { sameBytes(value, $0) } ?? false }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// Whether two texts have the same UTF-8 bytes. `==` of strings also holds for texts that are encoded differently.
func sameBytes(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

extension Collection<UInt8> {
    /// The bytes as text; every caller cuts at ASCII characters of valid UTF-8.
    var text: String { String(decoding: self, as: UTF8.self) }
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
    /// A moment of a lab.
    case lab
    /// An experiment on data alone or on distributions in closed form.
    case experiment
    /// A kind of a newer version: kept, shown as such, never dropped.
    case unknown(String)

    /// The kinds that this version knows, in the order in which menus list them.
    package static let known: [CellKind] = [.text, .plan, .runs, .figure, .table, .grid, .curves, .checkpoints, .sql, .verification, .lab, .experiment]

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
        case .lab: "lab"
        case .experiment: "experiment"
        case .unknown(let name): name
        }
    }

    /// The language of the kind's fence, by which viewers of Markdown highlight it.
    package var language: String { self == .sql ? "sql" : "yaml" }

    /// The kind of a word; `unknown` for a word that this version does not know.
    package init(name: String) { self = CellKind.known.first { $0.name == name } ?? .unknown(name) }
}
