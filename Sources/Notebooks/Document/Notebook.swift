import Canonical

/// A notebook: a title, and cells in order. Its text form is one Markdown file with fenced cells.
///
/// Reading a text and writing it again gives the same bytes. After a change, what did not change keeps its bytes.
///
/// ```swift
/// var notebook = try Notebook(parsing: text)
/// notebook.cells[0].source += "\nOne more line."
/// let changed = notebook.text
/// ```
package struct Notebook: Sendable {
    /// The title: one line.
    package var title: String
    /// The cells in order; their ids are unique.
    package var cells: [Cell]
    /// The lines before the first cell as they were read, where they are not in the standard form.
    package var preamble: String?

    /// Makes a notebook in the standard form.
    package init(title: String, cells: [Cell]) {
        self.title = title
        self.cells = cells
    }

    /// Reads the text form.
    /// - Errors: `NotebookError` with line and column: no front matter, a cell with an error in its head, an open fence, an id that occurs twice, or a
    ///   limit of `NotebookLimits` exceeded. Fields of cells are not read.
    package init(parsing text: String) throws(NotebookError) { try self.init(valid: Array(text.utf8)) }

    /// Reads the text form from bytes.
    /// - Errors: as for a text, and for bytes that are not UTF-8.
    package init(parsing bytes: [UInt8]) throws(NotebookError) {
        if let encoding = TextEncoding.foreign(bytes) { throw NotebookError(line: 1, "the file is \(encoding); save it as UTF-8") }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw NotebookError(line: 1, "the file is not UTF-8; save it in that encoding")
        }
        try self.init(valid: bytes)
    }

    private init(valid bytes: [UInt8]) throws(NotebookError) {
        guard bytes.count <= NotebookLimits.textBytes else {
            throw NotebookError(line: 1, "the text has \(bytes.count) bytes; at most \(NotebookLimits.textBytes) are allowed: divide it")
        }
        let lines = DocumentLines(bytes)
        let front = try FrontMatter(lines)
        let found = try Notebook.cells(lines, from: front.end)
        let raw = bytes[..<front.end].text
        let ending = CellLayout.lineEnding(of: raw) ?? "\n"
        title = front.title
        cells = Notebook.cells(found, bytes, NotebookWriter(ending: ending))
        let isStandard = FrontMatter.standard(front.title, hasCells: !cells.isEmpty).elementsEqual(bytes[..<front.end])
        preamble = isStandard ? nil : raw
        let weight = (isStandard ? 0 : front.end) + cells.reduce(0) { $0 + $1.weight }
        guard weight <= NotebookLimits.contentBytes else {
            throw NotebookError(line: 1, "the notebook has \(weight) bytes of content; at most \(NotebookLimits.contentBytes) are allowed: divide it")
        }
    }

    private static func cells(_ lines: DocumentLines, from start: Int) throws(NotebookError) -> [CellReader.Found] {
        var reader = CellReader(lines, from: start)
        var found: [CellReader.Found] = []
        var places: [CellID: Int] = [:]
        while !reader.isAtEnd {
            let cell = try reader.next()
            if let id = cell.id, let first = places.updateValue(cell.start, forKey: id) {
                let line = lines.error("", at: first).line
                throw lines.error("the id \"\(id)\" occurs twice, first in line \(line): give this cell another", at: cell.start)
            }
            guard found.count < NotebookLimits.cells else {
                throw lines.error("a notebook has at most \(NotebookLimits.cells) cells: divide it", at: cell.start)
            }
            found.append(cell)
        }
        return found
    }

    /// Cells with their ids, and with a layout where they are not in the standard form.
    private static func cells(_ found: [CellReader.Found], _ bytes: [UInt8], _ writer: NotebookWriter) -> [Cell] {
        var implied = ImpliedIDs(told: Set(found.compactMap(\.id)))
        var cells: [Cell] = []
        for (index, piece) in found.enumerated() {
            let source = LineEndings.normalized(bytes[piece.source]).text
            var cell = Cell(piece.id ?? implied.next(piece.kind, source), piece.kind, source: source, attributes: piece.attributes)
            let isLast = index == found.count - 1
            if !writer.standard(cell, isLast: isLast).elementsEqual(bytes[piece.start..<piece.end]) { cell.layout = layout(piece, bytes, source, isLast) }
            cells.append(cell)
        }
        return cells
    }

    private static func layout(_ piece: CellReader.Found, _ bytes: [UInt8], _ source: String, _ isLast: Bool) -> CellLayout {
        let head = bytes[piece.start..<piece.source.lowerBound].text
        let tail = bytes[piece.source.upperBound..<piece.end].text
        var layout = CellLayout(head: head, tail: tail, isLast: isLast)
        let body = bytes[piece.source]
        if !LineEndings.written(source, as: layout.lineEnding).elementsEqual(body) { layout.body = body.text }
        return layout
    }

    /// The text form: the bytes that were read, and the standard form of what has changed since.
    package var text: String { bytes.text }

    /// The bytes of the text form.
    package var bytes: [UInt8] { Array(pieces.joined()) }

    /// The bytes of the text form in pieces: the lines before the first cell, then each cell.
    package var pieces: [[UInt8]] {
        let kept = preamble.flatMap { FrontMatter.kept($0, title: title, hasCells: !cells.isEmpty) }
        let ending = kept.flatMap { CellLayout.lineEnding(of: $0.text) } ?? "\n"
        return [kept ?? FrontMatter.standard(title, hasCells: !cells.isEmpty)] + NotebookWriter(ending: ending).pieces(of: cells)
    }

    /// The cell of an id, or nil.
    package subscript(id: CellID) -> Cell? { cells.first { $0.id == id } }
}

extension Notebook: Hashable {
    package static func == (left: Notebook, right: Notebook) -> Bool {
        sameBytes(left.title, right.title) && left.cells == right.cells && (left.preamble == nil) == (right.preamble == nil)
            && sameBytes(left.preamble ?? "", right.preamble ?? "")
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(cells) }
}
