import Canonical

/// Reads cells from the text form, one after the other.
struct CellReader {
    let lines: DocumentLines
    /// Where the next cell begins.
    private(set) var position: Int
    /// Whether the next line, if it begins no cell, begins a text without a head.
    private var mayBeBare = true

    init(_ lines: DocumentLines, from position: Int) {
        self.lines = lines
        self.position = position
    }

    var isAtEnd: Bool { position >= lines.bytes.count }

    /// A cell as read: without an id if the text tells none.
    struct Found {
        var id: CellID?
        var kind: CellKind
        var attributes: [String: String]
        /// Where the cell begins, its source, and where the next cell begins.
        var start: Int
        var source: Range<Int>
        var end: Int
        /// Whether a text ends within an open fence or comment.
        var isOpen = false
    }

    /// Reads the cell that begins at the position.
    /// - Parameter isLast: Whether the end of the bytes is the end of the notebook.
    mutating func next(isLast: Bool = true) throws(NotebookError) -> Found {
        let start = position
        guard let line = lines.line(at: start) else { preconditionFailure("there is no cell at the end") }
        let head = try CellHead.read(line, of: lines)
        var found: Found
        switch head?.form {
        case .fence(let character, let length): found = try fenced(line, character, length, head!)
        case .comment(let count): found = try text(from: line.next, lines: count, isLast: isLast)
        case nil:
            precondition(mayBeBare, "a text ends where a cell begins")
            found = text(from: start, isLast: isLast)
        }
        found.start = start
        if let head { (found.id, found.kind, found.attributes) = (head.id, head.kind, head.attributes) }
        guard found.source.count <= NotebookLimits.cellBytes else {
            throw lines.error("the cell has \(found.source.count) bytes; at most \(NotebookLimits.cellBytes) are allowed: divide it", at: start)
        }
        position = found.end
        mayBeBare = found.kind != .text
        return found
    }

    private func found(_ source: Range<Int>, _ end: Int) -> Found { Found(kind: .text, attributes: [:], start: source.lowerBound, source: source, end: end) }

    // MARK: Fences

    private func fenced(_ opening: DocumentLines.Line, _ character: UInt8, _ length: Int, _ head: CellHead) throws(NotebookError) -> Found {
        var offset = opening.next
        while let line = lines.line(at: offset) {
            if TextScanner.closes(lines.bytes[line.content], character, length) {
                let end = lines.withoutEnding(line.start, from: opening.next)
                return found(opening.next..<end, lines.skippingBlank(from: line.next))
            }
            offset = line.next
        }
        let name = head.id.map { " \"\($0)\"" } ?? ""
        let fence = String(repeating: Character(Unicode.Scalar(character)), count: min(length, 20))
        throw lines.error("the fence of the cell\(name) is not closed; end it with a line \(fence)", at: opening.start)
    }

    // MARK: Texts

    /// A text from its first line to the next cell.
    private func text(from start: Int, isLast: Bool) -> Found {
        var scanner = TextScanner()
        var offset = start
        while let line = lines.line(at: offset), !(scanner.isPlain && begins(line)) {
            scanner.pass(lines.bytes[line.content])
            offset = line.next
        }
        var source = start..<lines.withoutEnding(offset, from: start)
        if !(isLast && offset == lines.bytes.count) { source = start..<lines.withoutEnding(source.upperBound, from: start) }
        var result = found(source, offset)
        result.isOpen = !scanner.isPlain
        return result
    }

    private func text(from start: Int, lines count: Int?, isLast: Bool) throws(NotebookError) -> Found {
        if let count { return try text(from: start, lines: count) }
        guard let first = lines.line(at: start), first.content.isEmpty else { return text(from: start, isLast: isLast) }
        return text(from: first.next, isLast: isLast)
    }

    /// A text of a given number of lines, whatever is in them.
    private func text(from start: Int, lines count: Int) throws(NotebookError) -> Found {
        var source = start..<start
        var offset = start
        for read in 0..<count {
            guard let line = lines.line(at: offset) else {
                // The last line may be empty, and then has no ending.
                guard read == count - 1 else { throw lines.error("the text has \(read) lines, but its head says lines=\(count)", at: offset) }
                source = start..<offset
                break
            }
            source = start..<line.end
            offset = line.next
        }
        let end = lines.skippingBlank(from: offset)
        if let line = lines.line(at: end), try CellHead.read(line, of: lines) == nil {
            throw lines.error("this line is beyond the \(count) lines that the head of its cell tells: correct \"lines\", or begin a cell", at: end)
        }
        return found(source, end)
    }

    /// Whether a line begins a cell. One that tries to, with a mistake, does.
    private func begins(_ line: DocumentLines.Line) -> Bool {
        do throws(NotebookError) { return try CellHead.read(line, of: lines) != nil } catch { return true }
    }
}

extension CellReader {
    /// Whether a text would be read as something else if it stood between two heads, or at the end of a notebook.
    static func misreads(_ source: String, isLast: Bool) -> Bool {
        let lines = DocumentLines(Array(source.utf8))
        var scanner = TextScanner()
        var offset = 0
        while let line = lines.line(at: offset) {
            if scanner.isPlain {
                do throws(NotebookError) { if try CellHead.read(line, of: lines) != nil { return true } } catch { return true }
            }
            scanner.pass(lines.bytes[line.content])
            offset = line.next
        }
        return !scanner.isPlain && !isLast
    }
}
