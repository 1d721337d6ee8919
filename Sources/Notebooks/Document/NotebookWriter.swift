/// Writes the text form: cells as they were read where that still holds, all else in the standard form.
struct NotebookWriter {
    /// The line ending of cells without a layout.
    let ending: String

    /// The spelling of a cell, and whether its id stands in it.
    struct Spelling {
        var bytes: [UInt8]
        var tellsID: Bool
    }

    /// The bytes of each cell.
    func pieces(of cells: [Cell]) -> [[UInt8]] {
        var spellings = cells.indices.map { spelling(of: cells, at: $0) }
        var implied = ImpliedIDs(told: Set(cells.indices.filter { spellings[$0].tellsID }.map { cells[$0].id }))
        for index in cells.indices where !spellings[index].tellsID {
            if implied.next(cells[index].kind, cells[index].source) != cells[index].id {
                implied.tell(cells[index].id)
                spellings[index].bytes = standard(cells[index], isLast: index == cells.count - 1)
            }
        }
        return spellings.map(\.bytes)
    }

    private func spelling(of cells: [Cell], at index: Int) -> Spelling {
        let isLast = index == cells.count - 1
        let mayBeBare = index == 0 || cells[index - 1].kind != .text
        for candidate in candidates(cells[index], isLast: isLast) {
            if let tellsID = check(candidate, is: cells[index], isLast: isLast, mayBeBare: mayBeBare) { return Spelling(bytes: candidate, tellsID: tellsID) }
        }
        return Spelling(bytes: standard(cells[index], isLast: isLast), tellsID: true)
    }

    /// Spellings that keep as much as possible of a cell's layout, best first.
    private func candidates(_ cell: Cell, isLast: Bool) -> [[UInt8]] {
        guard let layout = cell.layout else { return [] }
        let head = Array(layout.head.utf8)
        let written = LineEndings.written(cell.source, as: layout.lineEnding)
        let bodies = (layout.body.map { [Array($0.utf8)] } ?? []) + [written]
        var tails = layout.isLast == isLast ? [Array(layout.tail.utf8)] : []
        if let tail = tail(of: cell, after: head, isLast: isLast, ending: layout.lineEnding) { tails.append(tail) }
        return bodies.flatMap { body in tails.map { head + body + $0 } }
    }

    /// Whether some bytes, in their place, read as this cell: nil if not, else whether they tell its id.
    private func check(_ bytes: [UInt8], is cell: Cell, isLast: Bool, mayBeBare: Bool) -> Bool? {
        let lines = DocumentLines(bytes)
        guard let first = lines.line(at: 0), !lines.isBlank(first), isLast || bytes.last == lineFeed || bytes.last == carriageReturn else { return nil }
        var reader = CellReader(lines, from: 0)
        guard let found = try? reader.next(isLast: isLast), found.end == bytes.count, !found.isOpen || isLast else { return nil }
        let isBareText = found.kind == .text && found.id == nil
        guard found.kind == cell.kind, found.id ?? cell.id == cell.id, !isBareText || mayBeBare else { return nil }
        guard found.attributes == cell.attributes, LineEndings.normalized(bytes[found.source]).elementsEqual(cell.source.utf8) else { return nil }
        return found.id != nil
    }

    // MARK: The standard form

    /// A cell in the standard form.
    func standard(_ cell: Cell, isLast: Bool) -> [UInt8] {
        LineEndings.written(cell.kind == .text ? standardText(cell, isLast) : standardFence(cell, isLast), as: ending)
    }

    private func standardText(_ cell: Cell, _ isLast: Bool) -> String {
        let counted = CellReader.misreads(cell.source, isLast: isLast)
        let count = counted ? " lines=\(1 + cell.source.utf8.count { $0 == lineFeed })" : ""
        let head = "<!-- cell \(cell.id)\(count)\(attributes(of: cell)) -->\n"
        if cell.source.isEmpty { return isLast ? head : head + "\n" }
        let gap = !counted && cell.source.utf8.first == lineFeed ? "\n" : ""
        return head + gap + cell.source + (isLast ? "\n" : "\n\n")
    }

    private func standardFence(_ cell: Cell, _ isLast: Bool) -> String {
        let language = cell.attributes["language"] ?? cell.kind.language
        let kind = cell.kind == .sql && language == "sql" ? "" : " \(cell.kind.name)"
        let info = "\(language) fidelio\(kind) id=\(cell.id)\(attributes(of: cell))"
        let character = info.utf8.contains(backtick) ? "~" : "`"
        let fence = String(repeating: character, count: max(3, 1 + longestRun(of: character.utf8.first!, in: cell.source)))
        return "\(fence)\(info)\n\(cell.source)\(cell.source.isEmpty ? "" : "\n")\(fence)\n\(isLast ? "" : "\n")"
    }

    private func attributes(of cell: Cell) -> String {
        let shown = cell.attributes.filter { $0.key != "language" || cell.kind == .text }
        return shown.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { " " + HeadWords.written($0.key, $0.value) }.joined()
    }

    /// The longest run of a fence's character; runs that could close no fence count as none.
    private func longestRun(of character: UInt8, in source: String) -> Int {
        var longest = 0
        var run = 0
        for byte in source.utf8 {
            run = byte == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest < 3 ? 0 : longest
    }

    /// The standard end of a cell behind a head as it was read; nil if that is no head.
    private func tail(of cell: Cell, after head: [UInt8], isLast: Bool, ending: String) -> [UInt8]? {
        let end = isLast ? "" : "\n"
        guard cell.kind != .text else { return LineEndings.written(cell.source.isEmpty ? end : "\n" + end, as: ending) }
        let lines = DocumentLines(head)
        guard let line = lines.line(at: 0), case .fence(let character, let length)? = (try? CellHead.read(line, of: lines))?.form else { return nil }
        let fence = String(repeating: Character(Unicode.Scalar(character)), count: length)
        return LineEndings.written("\(cell.source.isEmpty ? "" : "\n")\(fence)\n\(end)", as: ending)
    }
}
